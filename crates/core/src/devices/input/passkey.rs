//! FIDO2 devices: for which relying party, and with which challenge.

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

use crate::policy::fido2_policy::relying_party_id;
use crate::problem::Problem;
use crate::schema::{Field, nested, object, text};

/// Least and most bytes of a challenge that the caller gives.
pub const CHALLENGE_BYTES: std::ops::RangeInclusive<usize> = 32..=1024;

/// How the credential is to be made.
#[derive(Debug, Clone, Default)]
pub struct PasskeyWish {
    /// The relying party; that of the FIDO2 policy when none is named.
    pub rp_id: Option<String>,
    /// What the relying party is called.
    pub rp_name: Option<String>,
    /// What the authenticator signs, in base64url; random when not given.
    pub challenge: Option<String>,
}

/// The members of the body.
pub fn fields() -> Vec<Field> {
    let rp = object(vec![relying_party_id("id"), text("name").max(256)]);
    vec![
        nested("rp", rp).doc("FIDO2: the relying party; that of the FIDO2 policy when not said."),
        text("challenge")
            .max(2048)
            .write_only()
            .doc("FIDO2: base64url, at least 32 bytes; random when not said."),
    ]
}

/// Reads what was sent.
pub fn read(members: &Value, problems: &mut Vec<Problem>) -> Option<PasskeyWish> {
    let text = |pointer: &str| {
        members.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let challenge = match text("/challenge").map(|text| normal_challenge(&text)) {
        None => None,
        Some(Some(challenge)) => Some(challenge),
        Some(None) => {
            problems.push(Problem::invalid("challenge", "must be base64url of 32 to 1024 bytes"));
            return None;
        }
    };
    Some(PasskeyWish { rp_id: text("/rp/id"), rp_name: text("/rp/name"), challenge })
}

/// The challenge without padding; nothing when it is no base64url or too short or long.
#[must_use]
pub fn normal_challenge(text: &str) -> Option<String> {
    let bare = text.trim_end_matches('=');
    let bytes = BASE64URL_NOPAD.decode(bare.as_bytes()).ok()?;
    CHALLENGE_BYTES.contains(&bytes.len()).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcome(members: &Value) -> (Option<PasskeyWish>, Vec<Option<String>>) {
        let mut problems = Vec::new();
        let wish = read(members, &mut problems);
        (wish, problems.into_iter().map(|problem| problem.target).collect())
    }

    #[test]
    fn a_challenge_has_at_least_32_bytes() {
        let long = BASE64URL_NOPAD.encode(&[7; 32]);
        let (wish, problems) =
            outcome(&json!({"challenge": format!("{long}="), "rp": {"id": "example.com"}}));
        let wish = wish.unwrap();
        assert!(problems.is_empty());
        assert_eq!((wish.challenge, wish.rp_id.as_deref()), (Some(long), Some("example.com")));
        for text in [
            BASE64URL_NOPAD.encode(&[7; 31]),
            "not base64url!".to_owned(),
            BASE64URL_NOPAD.encode(&[7; 1025]),
        ] {
            let (wish, problems) = outcome(&json!({"challenge": text}));
            assert!(wish.is_none());
            assert_eq!(problems, [Some("challenge".to_owned())]);
        }
    }
}
