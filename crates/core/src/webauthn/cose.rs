//! Credential public keys: COSE keys (RFC 9052, RFC 9053, RFC 8230) as section 6.5.1.1 restricts them.
//!
//! A key names its algorithm, the algorithm fixes the curve, and no member is
//! there that need not be. Points are on their curve, RSA keys have 2048 to
//! 8192 bits.

mod algorithm;

use aws_lc_rs::signature::{ParsedPublicKey, RsaPublicKeyComponents};

pub(super) use algorithm::Algorithm;

use super::WebauthnError;
use super::cbor::{self, Map};

/// The public key of a credential.
#[derive(Debug, Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    material: Material,
    key: ParsedPublicKey,
}

/// The numbers that make up a public key, for comparison with the key of a certificate or a TPM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Material {
    /// A point: coordinates of the curve's length.
    Ec { curve: Curve, x: Vec<u8>, y: Vec<u8> },
    /// An Ed25519 key.
    Ed25519(Vec<u8>),
    /// Modulus and exponent without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

/// The curves of ECDSA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

const TYPE: i64 = 1;
const ALGORITHM: i64 = 3;
const CURVE: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
const MODULUS: i64 = -1;
const EXPONENT: i64 = -2;
const OKP: i64 = 1;
const EC2: i64 = 2;
const RSA: i64 = 3;
const ED25519: i64 = 6;

impl PublicKey {
    /// Reads a COSE key: the whole input, no more and no less.
    ///
    /// # Errors
    /// [`WebauthnError::MalformedCbor`], [`WebauthnError::MalformedPublicKey`], or
    /// [`WebauthnError::AlgorithmNotAllowed`] for an algorithm that is not known.
    pub fn parse(bytes: &[u8]) -> Result<Self, WebauthnError> {
        let value = cbor::read(bytes)?;
        let map = value.map().ok_or(WebauthnError::MalformedPublicKey)?;
        let named = integer(map, ALGORITHM).ok_or(WebauthnError::MalformedPublicKey)?;
        let algorithm = Algorithm::of_credential(named).ok_or(WebauthnError::AlgorithmNotAllowed)?;
        let material = material(map, algorithm).ok_or(WebauthnError::MalformedPublicKey)?;
        let key = parsed(algorithm, &material).ok_or(WebauthnError::MalformedPublicKey)?;
        Ok(Self { algorithm, material, key })
    }

    /// The key's COSE algorithm: -7 (ES256), -35, -36, -8 (EdDSA), -257 (RS256) or -37 (PS256).
    #[must_use]
    pub fn algorithm(&self) -> i64 {
        self.algorithm.identifier()
    }

    /// Checks a signature as WebAuthn writes it: ECDSA in ASN.1, the others as their standards have them.
    ///
    /// # Errors
    /// [`WebauthnError::InvalidSignature`].
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), WebauthnError> {
        self.key.verify_sig(message, signature).map_err(|_| WebauthnError::InvalidSignature)
    }

    pub(super) fn material(&self) -> &Material {
        &self.material
    }
}

fn material(map: &Map<'_>, algorithm: Algorithm) -> Option<Material> {
    match algorithm.curve() {
        Some(curve) => {
            expect(map, EC2, 5, Some(curve.label()))?;
            Some(Material::Ec { curve, x: exactly(map, X, curve.size())?, y: exactly(map, Y, curve.size())? })
        }
        None if algorithm == Algorithm::EdDsa => {
            expect(map, OKP, 4, Some(ED25519))?;
            Some(Material::Ed25519(exactly(map, X, 32)?))
        }
        None => {
            expect(map, RSA, 4, None)?;
            let (n, e) = (number(map, MODULUS)?, number(map, EXPONENT)?);
            (is_modulus(n) && is_exponent(e)).then(|| Material::Rsa { n: n.to_vec(), e: e.to_vec() })
        }
    }
}

/// The key type, the number of members and the curve are these.
fn expect(map: &Map<'_>, key_type: i64, members: usize, curve: Option<i64>) -> Option<()> {
    let right = integer(map, TYPE) == Some(key_type)
        && map.len() == members
        && curve.is_none_or(|curve| integer(map, CURVE) == Some(curve));
    right.then_some(())
}

fn integer(map: &Map<'_>, label: i64) -> Option<i64> {
    map.labelled(label)?.integer()
}

fn exactly(map: &Map<'_>, label: i64, size: usize) -> Option<Vec<u8>> {
    map.labelled(label)?.bytes().filter(|bytes| bytes.len() == size).map(<[u8]>::to_vec)
}

/// An unsigned number in the fewest bytes.
fn number<'a>(map: &Map<'a>, label: i64) -> Option<&'a [u8]> {
    map.labelled(label)?.bytes().filter(|bytes| bytes.first().is_some_and(|first| *first != 0))
}

/// An odd number of 2048 to 8192 bits.
fn is_modulus(n: &[u8]) -> bool {
    let long_enough = n.len() > 256 || (n.len() == 256 && n.first().is_some_and(|first| *first >= 0x80));
    long_enough && n.len() <= 1024 && is_odd(n)
}

/// An odd number from 3 to what fits four bytes.
fn is_exponent(e: &[u8]) -> bool {
    e.len() <= 4 && is_odd(e) && e != [1]
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|last| last % 2 == 1)
}

/// The library's key, which exists only when the numbers make sense.
fn parsed(algorithm: Algorithm, material: &Material) -> Option<ParsedPublicKey> {
    match material {
        Material::Ec { x, y, .. } => {
            ParsedPublicKey::new(algorithm.verification(), [&[4], x.as_slice(), y.as_slice()].concat()).ok()
        }
        Material::Ed25519(x) => ParsedPublicKey::new(algorithm.verification(), x).ok(),
        Material::Rsa { n, e } => {
            RsaPublicKeyComponents { n, e }.to_parsed_public_key(algorithm.rsa_parameters()?).ok()
        }
    }
}

impl Curve {
    /// Bytes of a coordinate.
    pub(super) const fn size(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    const fn label(self) -> i64 {
        match self {
            Self::P256 => 1,
            Self::P384 => 2,
            Self::P521 => 3,
        }
    }
}

#[cfg(test)]
mod tests;
