//! Proof key for code exchange (RFC 7636): checking a verifier against its challenge.
//!
//! Whether an application needs PKCE, and with which method, is decided in
//! [`crate::oauth`].

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::crypto::{constant_time_eq, sha256};

/// How the challenge was made from the verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ChallengeMethod {
    /// The challenge is the verifier.
    #[serde(rename = "plain")]
    Plain,
    /// The challenge is the verifier's SHA-256 in base64url.
    S256,
}

impl ChallengeMethod {
    /// The value of `code_challenge_method`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::S256 => "S256",
        }
    }

    /// Reads `code_challenge_method`; nothing for an unknown method. Case matters.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Plain, Self::S256].into_iter().find(|method| method.name() == name)
    }
}

/// Whether a verifier or a challenge has the form RFC 7636 asks for: 43 to 128 unreserved characters.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// The S256 challenge of a verifier.
#[must_use]
pub fn s256(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(&sha256(verifier.as_bytes()))
}

/// Whether the verifier belongs to the challenge. False when either is not well formed.
#[must_use]
pub fn verify(challenge: &str, method: ChallengeMethod, verifier: &str) -> bool {
    if !is_well_formed(challenge) || !is_well_formed(verifier) {
        return false;
    }
    match method {
        ChallengeMethod::Plain => constant_time_eq(challenge.as_bytes(), verifier.as_bytes()),
        ChallengeMethod::S256 => constant_time_eq(challenge.as_bytes(), s256(verifier).as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_rfc_7636_appendix_b_holds() {
        assert_eq!(s256(VERIFIER), CHALLENGE);
        assert!(verify(CHALLENGE, ChallengeMethod::S256, VERIFIER));
        assert!(!verify(CHALLENGE, ChallengeMethod::Plain, VERIFIER));
        assert!(verify(VERIFIER, ChallengeMethod::Plain, VERIFIER));
        assert!(!verify(VERIFIER, ChallengeMethod::S256, VERIFIER));
    }

    #[test]
    fn length_and_characters_are_checked() {
        for text in ["a".repeat(42), "a".repeat(129), format!("{}+", "a".repeat(43)), "ä".repeat(43)] {
            assert!(!is_well_formed(&text));
            assert!(!verify(&text, ChallengeMethod::Plain, &text));
            assert!(!verify(&s256(&text), ChallengeMethod::S256, &text));
        }
        assert!(is_well_formed(&"~".repeat(128)));
    }

    #[test]
    fn methods_are_read_by_their_exact_name() {
        assert_eq!(ChallengeMethod::from_name("S256"), Some(ChallengeMethod::S256));
        assert_eq!(ChallengeMethod::from_name("plain"), Some(ChallengeMethod::Plain));
        assert_eq!(ChallengeMethod::from_name("s256"), None);
        assert_eq!(serde_json::to_value(ChallengeMethod::Plain).unwrap(), "plain");
    }

    proptest! {
        #[test]
        fn only_the_right_verifier_is_accepted(verifier in "[A-Za-z0-9._~-]{43,128}", other in "[A-Za-z0-9._~-]{43,128}") {
            let challenge = s256(&verifier);
            prop_assert!(verify(&challenge, ChallengeMethod::S256, &verifier));
            prop_assert_eq!(verify(&challenge, ChallengeMethod::S256, &other), verifier == other);
        }

        #[test]
        fn no_text_panics(challenge in ".*", verifier in ".*") {
            prop_assert!(!verify(&challenge, ChallengeMethod::S256, &verifier));
        }
    }
}
