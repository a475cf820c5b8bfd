//! Public keys as JSON (RFC 7517), sets of them, and their thumbprints (RFC 7638).
//!
//! Turning a key into something that verifies is in [`super::key`]; fetching a
//! set from a client is left to the caller.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Algorithm;
use crate::crypto::{sha1, sha256};

/// Longest text of a key set, in bytes.
pub const MAX_SET_LENGTH: usize = 64 * 1024;

/// A public key. Members that do not belong to its type are absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Jwk {
    /// Key type: `RSA`, `EC`, `OKP`.
    pub kty: String,
    /// RSA public exponent, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// `sig` or `enc`.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Key id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// RSA modulus, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// Curve: `P-256`, `P-384`, `Ed25519`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// First coordinate, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Second coordinate, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The one algorithm the key is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Thumbprint of the certificate (SHA-1), base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x5t: Option<String>,
    /// The certificate, DER in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x5c: Option<Vec<String>>,
    /// Present in private RSA, EC and OKP keys; such keys are refused.
    #[serde(default, skip_serializing)]
    pub(super) d: Option<IgnoredAny>,
    /// Present in shared secrets; such keys are refused.
    #[serde(default, skip_serializing)]
    pub(super) k: Option<IgnoredAny>,
}

/// A key or a key set could not be read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// Not JSON of the right form, or too long.
    #[error("not a JSON Web Key or key set")]
    Malformed,
    /// It holds the private half of a key, or a shared secret.
    #[error("the key is not public")]
    Private,
    /// A key type, curve or algorithm that is not known here.
    #[error("the key type, curve or algorithm is not supported")]
    Unsupported,
    /// The key is meant for something else than signatures.
    #[error("the key is not for signatures")]
    WrongUse,
    /// A number of the key is missing, badly encoded, of the wrong size, or no point of the curve.
    #[error("the key material is not valid")]
    InvalidMaterial,
}

/// The thumbprint of a certificate (DER), as `x5t` has it.
pub(super) fn x5t(certificate: &[u8]) -> String {
    BASE64URL_NOPAD.encode(&sha1(certificate))
}

impl Jwk {
    /// The same key with its certificate (DER) and the thumbprint of that.
    #[must_use]
    pub fn with_certificate(self, certificate: &[u8]) -> Self {
        Self { x5t: Some(x5t(certificate)), x5c: Some(vec![BASE64.encode(certificate)]), ..self }
    }

    /// Whether private or shared key material came with it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.d.is_some() || self.k.is_some()
    }

    /// Whether the key could have made a signature of this algorithm, by its type, curve, `alg` and `use`.
    #[must_use]
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        let by_type = match algorithm {
            Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512 | Algorithm::PS256 => self.kty == "RSA",
            Algorithm::ES256 => self.is_on("EC", "P-256"),
            Algorithm::ES384 => self.is_on("EC", "P-384"),
            Algorithm::EdDSA => self.is_on("OKP", "Ed25519"),
            Algorithm::None | Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => false,
        };
        by_type && self.is_for_signatures() && self.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
    }

    /// The RFC 7638 thumbprint: SHA-256 of the required members, base64url.
    ///
    /// # Errors
    /// [`JwkError`] when the type is unknown or a required member is missing.
    pub fn thumbprint(&self) -> Result<String, JwkError> {
        let names: &[&str] = match self.kty.as_str() {
            "RSA" => &["e", "kty", "n"],
            "EC" => &["crv", "kty", "x", "y"],
            "OKP" => &["crv", "kty", "x"],
            _ => return Err(JwkError::Unsupported),
        };
        let members = names
            .iter()
            .map(|name| Some(format!("\"{name}\":{}", Value::from(self.member(name)?))))
            .collect::<Option<Vec<_>>>()
            .ok_or(JwkError::InvalidMaterial)?;
        Ok(BASE64URL_NOPAD.encode(&sha256(format!("{{{}}}", members.join(",")).as_bytes())))
    }

    pub(super) fn is_for_signatures(&self) -> bool {
        self.usage.as_deref().is_none_or(|usage| usage == "sig")
    }

    fn is_on(&self, kty: &str, curve: &str) -> bool {
        self.kty == kty && self.crv.as_deref() == Some(curve)
    }

    fn member(&self, name: &str) -> Option<&str> {
        match name {
            "kty" => Some(&self.kty),
            "e" => self.e.as_deref(),
            "n" => self.n.as_deref(),
            "crv" => self.crv.as_deref(),
            "x" => self.x.as_deref(),
            "y" => self.y.as_deref(),
            _ => None,
        }
    }
}

/// A set of public keys.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct JwkSet {
    /// The keys, in the order of the set.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// Whether it holds no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Reads a set. Keys of an unknown form are left out, as RFC 7517 wants it.
    ///
    /// # Errors
    /// [`JwkError::Malformed`] when it is not a set or longer than [`MAX_SET_LENGTH`];
    /// [`JwkError::Private`] when any key is not public.
    pub fn parse(text: &str) -> Result<Self, JwkError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        if text.len() > MAX_SET_LENGTH {
            return Err(JwkError::Malformed);
        }
        let set: Set = serde_json::from_str(text).map_err(|_| JwkError::Malformed)?;
        let keys: Vec<Jwk> =
            set.keys.into_iter().filter_map(|value| serde_json::from_value(value).ok()).collect();
        if keys.iter().any(Jwk::is_private) {
            return Err(JwkError::Private);
        }
        Ok(Self { keys })
    }

    /// The keys that may have made a signature: those that fit the algorithm and,
    /// when the token names a key id, have that id.
    pub fn select(&self, kid: Option<&str>, algorithm: Algorithm) -> impl Iterator<Item = &Jwk> {
        self.keys
            .iter()
            .filter(move |key| key.fits(algorithm) && (kid.is_none() || key.kid.as_deref() == kid))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RFC_7638_KEY: &str = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;

    fn key(json: Value) -> Jwk {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_thumbprint_of_rfc_7638_holds() {
        let jwk: Jwk = serde_json::from_str(RFC_7638_KEY).unwrap();
        assert_eq!(jwk.thumbprint().unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn the_thumbprint_of_rfc_8037_holds() {
        let jwk = key(
            serde_json::json!({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
        );
        assert_eq!(jwk.thumbprint().unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_thumbprint_needs_the_required_members() {
        assert_eq!(
            key(serde_json::json!({"kty":"RSA","n":"x"})).thumbprint(),
            Err(JwkError::InvalidMaterial)
        );
        assert_eq!(key(serde_json::json!({"kty":"oct"})).thumbprint(), Err(JwkError::Unsupported));
    }

    #[test]
    fn a_set_leaves_out_what_it_does_not_know() {
        let set =
            JwkSet::parse(&format!(r#"{{"keys":[1,{{}},{{"kty":"??"}},{RFC_7638_KEY}],"x":0}}"#)).unwrap();
        assert_eq!(set.keys.len(), 2);
        assert_eq!(set.select(None, Algorithm::RS256).count(), 1);
    }

    #[test]
    fn private_keys_and_secrets_spoil_a_set() {
        for json in
            [r#"{"keys":[{"kty":"oct","k":"AA"}]}"#, r#"{"keys":[{"kty":"EC","crv":"P-256","d":"AA"}]}"#]
        {
            assert_eq!(JwkSet::parse(json), Err(JwkError::Private));
        }
    }

    #[test]
    fn other_texts_are_no_set() {
        let long = format!(r#"{{"keys":[],"x":"{}"}}"#, "a".repeat(MAX_SET_LENGTH));
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":null}"#, &long] {
            assert_eq!(JwkSet::parse(text), Err(JwkError::Malformed));
        }
    }

    #[test]
    fn keys_are_selected_by_id_algorithm_and_use() {
        let set = JwkSet {
            keys: vec![
                key(serde_json::json!({"kty":"RSA","kid":"a"})),
                key(serde_json::json!({"kty":"RSA","kid":"b","alg":"RS512"})),
                key(serde_json::json!({"kty":"RSA","kid":"c","use":"enc"})),
                key(serde_json::json!({"kty":"EC","crv":"P-256","kid":"a"})),
            ],
        };
        let ids = |kid, algorithm| {
            set.select(kid, algorithm)
                .map(|key| (key.kty.as_str(), key.kid.as_deref().unwrap()))
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(None, Algorithm::RS256), [("RSA", "a")]);
        assert_eq!(ids(None, Algorithm::RS512), [("RSA", "a"), ("RSA", "b")]);
        assert_eq!(ids(Some("a"), Algorithm::ES256), [("EC", "a")]);
        assert_eq!(ids(Some("z"), Algorithm::RS256), []);
        assert_eq!(ids(None, Algorithm::HS256), []);
        assert_eq!(ids(None, Algorithm::None), []);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            prop_assert!(JwkSet::parse(&text).is_err());
        }
    }
}
