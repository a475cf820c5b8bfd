//! Keys that verify signatures.
//!
//! A key knows the algorithms it can be used with, and no algorithm is shared
//! by two kinds of key. A public key can therefore never be taken for an HMAC
//! secret, whatever a token's header says.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents};
use data_encoding::BASE64URL_NOPAD;

use super::Algorithm;
use super::jwk::{Jwk, JwkError};
use crate::secret::Secret;

/// A key that verifies signatures, parsed once and used often.
#[derive(Clone)]
pub struct VerifyingKey(Kind);

#[derive(Clone)]
enum Kind {
    Shared(Secret<Vec<u8>>),
    /// One parsed key for each algorithm it may be used with.
    Public(Vec<(Algorithm, ParsedPublicKey)>),
}

impl VerifyingKey {
    /// A shared secret for HS256, HS384 and HS512: the bytes themselves, such as a client secret's UTF-8.
    ///
    /// # Errors
    /// [`JwkError::InvalidMaterial`] when it is empty.
    pub fn from_secret(secret: &[u8]) -> Result<Self, JwkError> {
        if secret.is_empty() {
            return Err(JwkError::InvalidMaterial);
        }
        Ok(Self(Kind::Shared(Secret::new(secret.to_vec()))))
    }

    /// A public key. RSA keys need 2048 to 8192 bits; `alg`, when present, narrows the algorithms to that one.
    ///
    /// # Errors
    /// [`JwkError`] when the key is private, not for signatures, of an unknown type, or not valid.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, JwkError> {
        if jwk.is_private() {
            return Err(JwkError::Private);
        }
        if !jwk.is_for_signatures() {
            return Err(JwkError::WrongUse);
        }
        let mut keys = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => rsa(jwk)?,
            ("EC", Some("P-256")) => {
                vec![point(jwk, Algorithm::ES256, 32, &signature::ECDSA_P256_SHA256_FIXED)?]
            }
            ("EC", Some("P-384")) => {
                vec![point(jwk, Algorithm::ES384, 48, &signature::ECDSA_P384_SHA384_FIXED)?]
            }
            ("OKP", Some("Ed25519")) => vec![ed25519(jwk)?],
            _ => return Err(JwkError::Unsupported),
        };
        if let Some(alg) = &jwk.alg {
            keys.retain(|(algorithm, _)| algorithm.name() == alg);
        }
        if keys.is_empty() { Err(JwkError::Unsupported) } else { Ok(Self(Kind::Public(keys))) }
    }

    /// Whether the key can be used with this algorithm. Never true for [`Algorithm::None`].
    #[must_use]
    pub fn supports(&self, algorithm: Algorithm) -> bool {
        match &self.0 {
            Kind::Shared(_) => Algorithm::SHARED_SECRET.contains(&algorithm),
            Kind::Public(keys) => keys.iter().any(|(own, _)| *own == algorithm),
        }
    }

    pub(super) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Kind::Shared(secret) => {
                let digest = match algorithm {
                    Algorithm::HS256 => hmac::HMAC_SHA256,
                    Algorithm::HS384 => hmac::HMAC_SHA384,
                    Algorithm::HS512 => hmac::HMAC_SHA512,
                    _ => return false,
                };
                hmac::verify(&hmac::Key::new(digest, secret.expose()), message, signature).is_ok()
            }
            Kind::Public(keys) => keys
                .iter()
                .find(|(own, _)| *own == algorithm)
                .is_some_and(|(_, key)| key.verify_sig(message, signature).is_ok()),
        }
    }
}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Kind::Shared(_) => "VerifyingKey(shared secret)",
            Kind::Public(_) => "VerifyingKey(public)",
        })
    }
}

fn rsa(jwk: &Jwk) -> Result<Vec<(Algorithm, ParsedPublicKey)>, JwkError> {
    const ALGORITHMS: [(Algorithm, &RsaParameters); 4] = [
        (Algorithm::RS256, &signature::RSA_PKCS1_2048_8192_SHA256),
        (Algorithm::RS384, &signature::RSA_PKCS1_2048_8192_SHA384),
        (Algorithm::RS512, &signature::RSA_PKCS1_2048_8192_SHA512),
        (Algorithm::PS256, &signature::RSA_PSS_2048_8192_SHA256),
    ];
    let n = number(jwk.n.as_deref())?;
    let e = number(jwk.e.as_deref())?;
    if !(256..=1024).contains(&n.len()) || !(1..=8).contains(&e.len()) {
        return Err(JwkError::InvalidMaterial);
    }
    let components = RsaPublicKeyComponents { n, e };
    ALGORITHMS
        .into_iter()
        .map(|(algorithm, parameters)| Ok((algorithm, components.to_parsed_public_key(parameters)?)))
        .collect::<Result<_, aws_lc_rs::error::KeyRejected>>()
        .map_err(|_| JwkError::InvalidMaterial)
}

fn point(
    jwk: &Jwk,
    algorithm: Algorithm,
    size: usize,
    verification: &'static dyn signature::VerificationAlgorithm,
) -> Result<(Algorithm, ParsedPublicKey), JwkError> {
    let x = coordinate(jwk.x.as_deref(), size)?;
    let y = coordinate(jwk.y.as_deref(), size)?;
    let uncompressed = [&[4], x.as_slice(), y.as_slice()].concat();
    let key = ParsedPublicKey::new(verification, uncompressed).map_err(|_| JwkError::InvalidMaterial)?;
    Ok((algorithm, key))
}

fn ed25519(jwk: &Jwk) -> Result<(Algorithm, ParsedPublicKey), JwkError> {
    let x = coordinate(jwk.x.as_deref(), 32)?;
    let key = ParsedPublicKey::new(&signature::ED25519, x).map_err(|_| JwkError::InvalidMaterial)?;
    Ok((Algorithm::EdDSA, key))
}

/// An unsigned big-endian number; leading zeros, which some libraries write, are dropped.
fn number(text: Option<&str>) -> Result<Vec<u8>, JwkError> {
    let bytes = decode(text)?;
    Ok(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn coordinate(text: Option<&str>, size: usize) -> Result<Vec<u8>, JwkError> {
    let bytes = decode(text)?;
    if bytes.len() == size { Ok(bytes) } else { Err(JwkError::InvalidMaterial) }
}

fn decode(text: Option<&str>) -> Result<Vec<u8>, JwkError> {
    let text = text.ok_or(JwkError::InvalidMaterial)?;
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| JwkError::InvalidMaterial)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn refused(json: Value) -> JwkError {
        VerifyingKey::from_jwk(&serde_json::from_value(json).unwrap()).unwrap_err()
    }

    #[test]
    fn unusable_keys_are_refused() {
        let zero = BASE64URL_NOPAD.encode(&[0; 32]);
        let short_rsa = BASE64URL_NOPAD.encode(&[0xff; 128]);
        let padded_short_rsa = BASE64URL_NOPAD.encode(&[vec![0; 128], vec![0xff; 128]].concat());
        assert_eq!(refused(json!({"kty":"oct","k":"AAAA"})), JwkError::Private);
        assert_eq!(refused(json!({"kty":"oct"})), JwkError::Unsupported);
        assert_eq!(refused(json!({"kty":"RSA","use":"enc"})), JwkError::WrongUse);
        assert_eq!(refused(json!({"kty":"RSA","e":"AQAB"})), JwkError::InvalidMaterial);
        assert_eq!(refused(json!({"kty":"RSA","e":"AQAB","n":short_rsa})), JwkError::InvalidMaterial);
        assert_eq!(refused(json!({"kty":"RSA","e":"AQAB","n":padded_short_rsa})), JwkError::InvalidMaterial);
        assert_eq!(refused(json!({"kty":"EC","crv":"P-521"})), JwkError::Unsupported);
        assert_eq!(refused(json!({"kty":"EC","crv":"P-256","x":zero,"y":zero})), JwkError::InvalidMaterial);
        assert_eq!(refused(json!({"kty":"EC","crv":"P-256","x":zero,"y":"AA"})), JwkError::InvalidMaterial);
        assert_eq!(refused(json!({"kty":"OKP","crv":"Ed25519","x":"AA"})), JwkError::InvalidMaterial);
        assert_eq!(
            refused(json!({"kty":"OKP","crv":"Ed25519","x":zero,"alg":"ES256"})),
            JwkError::Unsupported
        );
        assert!(VerifyingKey::from_secret(b"").is_err());
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(
            format!("{:?}", VerifyingKey::from_secret(b"abc").unwrap()),
            "VerifyingKey(shared secret)"
        );
    }
}
