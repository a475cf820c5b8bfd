//! Compact JWS (RFC 7515): strict parsing and verification.
//!
//! Parsing gives an [`Unverified`] token whose header chooses a key; only
//! verification against an allow-list of algorithms gives claims to trust.
//! Critical extensions, encryption and repeated names are refused.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};

use super::Algorithm;
use super::claims::Claims;
use super::key::VerifyingKey;
use super::unique::UniqueObject;

/// Longest token that is read, in bytes.
pub const MAX_LENGTH: usize = 16 * 1024;

/// A token could not be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Longer than [`MAX_LENGTH`].
    #[error("the token is too long")]
    TooLong,
    /// Not three parts of strict base64url with a JSON object as its header.
    #[error("the token is not a compact JWS")]
    Malformed,
    /// An encrypted token (five parts, or an `enc` header).
    #[error("encrypted tokens are not accepted")]
    Encrypted,
    /// A header parameter has the wrong type.
    #[error("the header parameter {0} has the wrong type")]
    WrongType(&'static str),
    /// `alg` is missing or not known.
    #[error("the signature algorithm is not supported")]
    UnsupportedAlgorithm,
    /// There is a `crit` header; no extension is understood.
    #[error("the token asks for an extension that is not supported")]
    CriticalExtension,
    /// `alg` is not one of those allowed here, or the key is not for it.
    #[error("the signature algorithm is not allowed")]
    AlgorithmNotAllowed,
    /// The signature does not belong to the key and the token.
    #[error("the signature is not valid")]
    InvalidSignature,
    /// The payload is not a claims set.
    #[error("the payload is not a set of claims")]
    NotClaims,
}

/// The header parameters that are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// `alg`.
    pub algorithm: Algorithm,
    /// `kid`.
    pub key_id: Option<String>,
    /// `typ`, as sent.
    pub typ: Option<String>,
    /// `cty`, as sent.
    pub cty: Option<String>,
}

/// A token that was read and not yet verified.
#[derive(Debug, Clone)]
pub struct Unverified<'t> {
    header: Header,
    signed: &'t str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Unverified<'t> {
    /// Reads a compact JWS.
    ///
    /// # Errors
    /// [`JwsError`] for anything that is not exactly one.
    pub fn parse(token: &'t str) -> Result<Self, JwsError> {
        if token.len() > MAX_LENGTH {
            return Err(JwsError::TooLong);
        }
        if token.bytes().filter(|byte| *byte == b'.').count() == 4 {
            return Err(JwsError::Encrypted);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
        let header: UniqueObject =
            serde_json::from_slice(&decode(header)?).map_err(|_| JwsError::Malformed)?;
        Ok(Self {
            header: Header::read(&header.0)?,
            signed,
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// The header. Nothing vouches for it yet; it may only choose the key.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The claims, which nothing vouches for yet; they may only choose whose key to verify with.
    ///
    /// # Errors
    /// [`JwsError::NotClaims`] when the payload is not a claims set.
    pub fn unverified_claims(&self) -> Result<Claims, JwsError> {
        Claims::parse(&self.payload).map_err(|_| JwsError::NotClaims)
    }

    /// The claims, when `key` made the signature with one of the `allowed` algorithms.
    /// `none` is never accepted, not even when allowed. Times are not checked; see [`Claims::check_times`].
    ///
    /// # Errors
    /// [`JwsError`] when the algorithm is not allowed or not the key's, the signature is wrong,
    /// or the payload is not a claims set.
    pub fn verify(&self, key: &VerifyingKey, allowed: &[Algorithm]) -> Result<Claims, JwsError> {
        self.check_signature(key, allowed)?;
        self.unverified_claims()
    }

    /// The claims of a token that is openly unsigned: `alg` is `none` and the signature is empty.
    /// Only for request objects of applications that allow it.
    ///
    /// # Errors
    /// [`JwsError`] when the token is signed or claims to be, or the payload is not a claims set.
    pub fn unsecured_claims(&self) -> Result<Claims, JwsError> {
        if self.header.algorithm != Algorithm::None {
            return Err(JwsError::AlgorithmNotAllowed);
        }
        if !self.signature.is_empty() {
            return Err(JwsError::InvalidSignature);
        }
        self.unverified_claims()
    }

    pub(super) fn check_signature(&self, key: &VerifyingKey, allowed: &[Algorithm]) -> Result<(), JwsError> {
        let algorithm = self.header.algorithm;
        if !allowed.contains(&algorithm) || !key.supports(algorithm) {
            return Err(JwsError::AlgorithmNotAllowed);
        }
        if key.verifies(algorithm, self.signed.as_bytes(), &self.signature) {
            Ok(())
        } else {
            Err(JwsError::InvalidSignature)
        }
    }
}

impl Header {
    /// Whether `typ` names this media type, such as `at+jwt`: case does not count, nor does a leading `application/`.
    #[must_use]
    pub fn typ_is(&self, media_type: &str) -> bool {
        let short = |name: &str| name.to_ascii_lowercase().trim_start_matches("application/").to_owned();
        self.typ.as_deref().is_some_and(|typ| short(typ) == short(media_type))
    }

    fn read(members: &Map<String, Value>) -> Result<Self, JwsError> {
        if members.contains_key("crit") {
            return Err(JwsError::CriticalExtension);
        }
        if members.contains_key("enc") {
            return Err(JwsError::Encrypted);
        }
        let algorithm = text(members, "alg")?.ok_or(JwsError::UnsupportedAlgorithm)?;
        Ok(Self {
            algorithm: Algorithm::from_name(&algorithm).ok_or(JwsError::UnsupportedAlgorithm)?,
            key_id: text(members, "kid")?,
            typ: text(members, "typ")?,
            cty: text(members, "cty")?,
        })
    }
}

fn text(members: &Map<String, Value>, name: &'static str) -> Result<Option<String>, JwsError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(JwsError::WrongType(name)),
    }
}

fn decode(part: &str) -> Result<Vec<u8>, JwsError> {
    BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| JwsError::Malformed)
}

#[cfg(test)]
mod tests;
