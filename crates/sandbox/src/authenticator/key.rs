//! The key of a passkey: ECDSA on P-256 with SHA-256.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use data_encoding::BASE64URL_NOPAD;
use postern_core::random::Random;
use postern_core::secret::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{AuthenticatorError, cbor};

/// The COSE identifier of the algorithm.
pub(super) const ES256: i64 = -7;

/// An `ECPrivateKey` (RFC 5915) with the number alone: what goes before it.
const DER_HEAD: [u8; 7] = [0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20];

/// A private key. Serialised in base64url, so that a test can keep it; never printed.
#[derive(Clone)]
pub struct PrivateKey(Secret<Vec<u8>>);

impl PrivateKey {
    /// Makes a key from randomness.
    pub(super) fn make(random: &Random) -> Self {
        loop {
            let key = Self(Secret::new(random.bytes::<32>().to_vec()));
            if key.pair().is_ok() {
                return key; // all but one in four billion numbers are keys
            }
        }
    }

    /// The public key as COSE has it.
    pub(super) fn cose(&self) -> Result<Vec<u8>, AuthenticatorError> {
        let pair = self.pair()?;
        let (x, y) = match pair.public_key().as_ref().split_first() {
            Some((4, point)) => point.split_at_checked(32).ok_or(AuthenticatorError::Failed)?,
            _ => return Err(AuthenticatorError::Failed),
        };
        Ok(cbor::map(vec![
            (cbor::integer(1), cbor::integer(2)),
            (cbor::integer(3), cbor::integer(ES256)),
            (cbor::integer(-1), cbor::integer(1)),
            (cbor::integer(-2), cbor::bytes(x)),
            (cbor::integer(-3), cbor::bytes(y)),
        ]))
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, AuthenticatorError> {
        // The library draws the nonce of a signature by itself.
        let signature = self.pair()?.sign(&SystemRandom::new(), message);
        signature.map(|signature| signature.as_ref().to_vec()).map_err(|_| AuthenticatorError::Failed)
    }

    fn pair(&self) -> Result<EcdsaKeyPair, AuthenticatorError> {
        let der = Secret::new([DER_HEAD.as_slice(), self.0.expose()].concat());
        EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, der.expose())
            .map_err(|_| AuthenticatorError::Failed)
    }
}

impl PartialEq for PrivateKey {
    fn eq(&self, other: &Self) -> bool {
        postern_core::crypto::constant_time_eq(self.0.expose(), other.0.expose())
    }
}

impl Eq for PrivateKey {}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(***)")
    }
}

impl Serialize for PrivateKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64URL_NOPAD.encode(self.0.expose()))
    }
}

impl<'de> Deserialize<'de> for PrivateKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64URL_NOPAD
            .decode(text.as_bytes())
            .ok()
            .map(|bytes| Self(Secret::new(bytes)))
            .filter(|key| key.pair().is_ok())
            .ok_or_else(|| serde::de::Error::custom("not a private key"))
    }
}
