//! Tokens signed with a shared secret, as clients make them: for tests, demonstration clients and the sandbox.

use aws_lc_rs::hmac;
use serde::Serialize;

use super::Algorithm;
use super::signing::{SignedHeader, SigningError, append_signature, signing_input};

/// Signs claims with HS256, HS384 or HS512 and `typ` `JWT`. The key is the secret's bytes.
///
/// # Errors
/// [`SigningError::InvalidKey`] for another algorithm; [`SigningError::InvalidClaims`] when the claims do not become JSON.
pub fn sign(algorithm: Algorithm, secret: &[u8], claims: &impl Serialize) -> Result<String, SigningError> {
    let digest = match algorithm {
        Algorithm::HS256 => hmac::HMAC_SHA256,
        Algorithm::HS384 => hmac::HMAC_SHA384,
        Algorithm::HS512 => hmac::HMAC_SHA512,
        _ => return Err(SigningError::InvalidKey),
    };
    let header = SignedHeader { alg: algorithm.name(), kid: None, typ: Some("JWT"), x5t: None };
    let mut token = signing_input(&header, claims)?;
    let tag = hmac::sign(&hmac::Key::new(digest, secret), token.as_bytes());
    append_signature(&mut token, tag.as_ref());
    Ok(token)
}
