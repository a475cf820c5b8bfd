//! The proof that a request comes from a paired application: a signature over all of it.
//!
//! A compact JWS (ES256, `typ` `device-proof+jwt`) with these claims: `htm` the
//! method, `htp` the path with its query, `hbd` the SHA-256 of the body in
//! base64url, `iat` the time in seconds, `jti` a text never used before. So a
//! proof is good for one request, once, for two minutes. Both sides live here;
//! that a `jti` is used once is for the store to see to.

use data_encoding::BASE64URL_NOPAD;
use serde_json::json;

use crate::crypto::sha256;
use crate::jose::Algorithm;
use crate::jose::jwk::{Jwk, JwkError};
use crate::jose::jws::Unverified;
use crate::jose::key::VerifyingKey;
use crate::jose::signing::{SigningError, SigningKey};
use crate::time::{Span, Timestamp};

/// The header that carries the proof.
pub const HEADER: &str = "device-proof";
/// The media type of the proof.
const TYP: &str = "device-proof+jwt";
/// How far the phone's clock may be from ours.
pub const TOLERANCE: Span = Span::seconds(60);
/// Shortest and longest `jti`, in characters.
const NONCE_LENGTH: std::ops::RangeInclusive<usize> = 16..=64;

/// The request that a proof covers.
#[derive(Debug, Clone, Copy)]
pub struct Covered<'r> {
    /// Its method, in capitals.
    pub method: &'r str,
    /// Its path and query as they are sent, from `/{envID}` on.
    pub path: &'r str,
    /// Its body; empty when it has none.
    pub body: &'r [u8],
}

/// A proof that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// What must not come again.
    pub nonce: String,
    /// Until when it must be remembered.
    pub until: Timestamp,
}

/// A proof was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It is no JWS of the right form, or its claims are not those of a proof.
    #[error("not a proof")]
    Malformed,
    /// The key is not a public P-256 key.
    #[error("the key is not a public P-256 key")]
    Key,
    /// Another key signed it, or it was changed.
    #[error("the signature does not hold")]
    Signature,
    /// It is for another method, path or body.
    #[error("the proof is for another request")]
    OtherRequest,
    /// The clocks differ too much, or it is old.
    #[error("the proof is not of this time")]
    Time,
}

/// Whether the key can belong to an application: a public P-256 key for signatures, with no member that says otherwise.
///
/// # Errors
/// [`JwkError`].
pub fn check_key(key: &Jwk) -> Result<(), JwkError> {
    VerifyingKey::from_jwk(key)?;
    if key.fits(Algorithm::ES256) { Ok(()) } else { Err(JwkError::Unsupported) }
}

/// Checks the proof of a request.
///
/// # Errors
/// [`ProofError`].
pub fn check(token: &str, key: &Jwk, covered: Covered<'_>, now: Timestamp) -> Result<Proof, ProofError> {
    let token = Unverified::parse(token).map_err(|_| ProofError::Malformed)?;
    if !token.header().typ_is(TYP) {
        return Err(ProofError::Malformed);
    }
    check_key(key).map_err(|_| ProofError::Key)?;
    let verifying = VerifyingKey::from_jwk(key).map_err(|_| ProofError::Key)?;
    let claims = token.verify(&verifying, &[Algorithm::ES256]).map_err(|_| ProofError::Signature)?;
    let same = claims.text("htm") == Some(covered.method)
        && claims.text("htp") == Some(covered.path)
        && claims.text("hbd") == Some(digest(covered.body).as_str());
    if !same {
        return Err(ProofError::OtherRequest);
    }
    let at = claims.issued_at().ok().flatten().ok_or(ProofError::Malformed)?;
    if at < now.minus(TOLERANCE) || at > now.plus(TOLERANCE) {
        return Err(ProofError::Time);
    }
    let nonce = claims.text("jti").filter(|nonce| NONCE_LENGTH.contains(&nonce.chars().count()));
    let nonce = nonce.ok_or(ProofError::Malformed)?.to_owned();
    Ok(Proof { nonce, until: at.plus(TOLERANCE).plus(TOLERANCE) })
}

/// Makes the proof of a request, as an application does.
///
/// # Errors
/// [`SigningError`].
pub fn sign(
    key: &SigningKey,
    covered: Covered<'_>,
    now: Timestamp,
    nonce: &str,
) -> Result<String, SigningError> {
    let claims = json!({
        "htm": covered.method, "htp": covered.path, "hbd": digest(covered.body), "iat": now.seconds(), "jti": nonce,
    });
    key.sign(Some(TYP), &claims)
}

/// The SHA-256 of bytes as proofs and answers write it: in base64url without padding.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(&sha256(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::jose::signing::SigningAlgorithm;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const NONCE: &str = "0123456789abcdef";
    const REQUEST: Covered<'static> = Covered { method: "POST", path: "/e/devices/d?wait=5", body: b"{}" };

    fn key() -> SigningKey {
        SigningKey::generate(SigningAlgorithm::ES256, "phone").unwrap()
    }

    #[test]
    fn a_proof_holds_for_its_request() {
        let key = key();
        let proof = sign(&key, REQUEST, NOW, NONCE).unwrap();
        let checked = check(&proof, &key.public_jwk(), REQUEST, NOW.plus(Span::seconds(59))).unwrap();
        assert_eq!(checked.nonce, NONCE);
        assert!(checked.until >= NOW.plus(Span::seconds(120)), "it is remembered longer than it is accepted");
    }

    #[test]
    fn a_proof_holds_for_no_other_request_key_or_time() {
        let key = key();
        let proof = sign(&key, REQUEST, NOW, NONCE).unwrap();
        let public = key.public_jwk();
        for other in [
            Covered { method: "PUT", ..REQUEST },
            Covered { path: "/e/devices/d?wait=6", ..REQUEST },
            Covered { path: "/e/devices/d", ..REQUEST },
            Covered { body: b"{ }", ..REQUEST },
        ] {
            assert_eq!(check(&proof, &public, other, NOW), Err(ProofError::OtherRequest));
        }
        let stranger = SigningKey::generate(SigningAlgorithm::ES256, "phone").unwrap().public_jwk();
        assert_eq!(check(&proof, &stranger, REQUEST, NOW), Err(ProofError::Signature));
        for seconds in [-61, 61] {
            assert_eq!(
                check(&proof, &public, REQUEST, NOW.plus(Span::seconds(seconds))),
                Err(ProofError::Time)
            );
        }
    }

    #[test]
    fn other_tokens_of_the_same_key_are_no_proofs() {
        let key = key();
        let claims = json!({"htm": "POST", "htp": REQUEST.path, "hbd": digest(REQUEST.body), "iat": NOW.seconds(), "jti": NONCE});
        let other_type = key.sign(Some("JWT"), &claims).unwrap();
        let untyped = key.sign(None, &claims).unwrap();
        let short = sign(&key, REQUEST, NOW, "short").unwrap();
        for token in [other_type, untyped, short, "a.b.c".to_owned(), String::new()] {
            assert_eq!(check(&token, &key.public_jwk(), REQUEST, NOW), Err(ProofError::Malformed), "{token}");
        }
    }

    #[test]
    fn only_public_p256_keys_belong_to_applications() {
        let rsa = SigningKey::generate(SigningAlgorithm::RS256, "x").unwrap().public_jwk();
        assert!(check_key(&key().public_jwk()).is_ok());
        assert!(check_key(&rsa).is_err());
        let (mut other, mut encrypting) = (key().public_jwk(), key().public_jwk());
        other.alg = Some("ES384".to_owned());
        encrypting.usage = Some("enc".to_owned());
        assert!(check_key(&other).is_err() && check_key(&encrypting).is_err());
    }

    proptest! {
        #[test]
        fn no_token_panics(token in "\\PC{0,200}") {
            let key = Jwk::default();
            prop_assert!(check(&token, &key, REQUEST, NOW).is_err());
        }
    }
}
