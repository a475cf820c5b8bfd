//! Keys that sign tokens.
//!
//! A key is parsed once and then signs without parsing again. Sealing it for
//! storage, choosing the current one and rotating are left to the caller.

mod der;

use std::sync::Arc;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Algorithm;
use super::jwk::Jwk;
use super::key::VerifyingKey;
use crate::secret::Secret;

/// What a signing key signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// RSA with 2048 bits, PKCS#1 1.5, SHA-256.
    RS256,
    /// ECDSA on P-256, SHA-256.
    ES256,
}

/// A key could not be made or read, or a token could not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// The cryptographic library refused to make a key or a signature.
    #[error("the cryptographic library failed")]
    Failed,
    /// The bytes are not a PKCS#8 key of the algorithm (RSA: 2048 to 8192 bits).
    #[error("not a PKCS#8 private key of this algorithm")]
    InvalidKey,
    /// The claims do not become JSON.
    #[error("the claims cannot be written as JSON")]
    InvalidClaims,
}

/// A private key with its id.
pub struct SigningKey {
    kid: String,
    /// The SHA-1 thumbprint of its certificate, where tokens are to carry that.
    thumbprint: Option<String>,
    pair: Arc<Pair>,
    public: Jwk,
    verifying: Arc<VerifyingKey>,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ec(Box<EcdsaKeyPair>),
}

impl SigningAlgorithm {
    /// The value of the `alg` header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.algorithm().name()
    }

    /// The algorithm to allow when verifying.
    #[must_use]
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::RS256 => Algorithm::RS256,
            Self::ES256 => Algorithm::ES256,
        }
    }
}

impl SigningKey {
    /// Makes a key (RSA takes a noticeable part of a second). The library draws its own randomness.
    ///
    /// # Errors
    /// [`SigningError::Failed`] when the library cannot make one.
    pub fn generate(algorithm: SigningAlgorithm, kid: impl Into<String>) -> Result<Self, SigningError> {
        let pair = match algorithm {
            SigningAlgorithm::RS256 => {
                RsaKeyPair::generate(KeySize::Rsa2048).map(|pair| Pair::Rsa(Box::new(pair)))
            }
            SigningAlgorithm::ES256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(|pair| Pair::Ec(Box::new(pair)))
            }
        };
        Self::new(pair.map_err(|_| SigningError::Failed)?, kid.into())
    }

    /// Reads an unencrypted PKCS#8 key in DER.
    ///
    /// # Errors
    /// [`SigningError::InvalidKey`] when it is not a key of the algorithm.
    pub fn from_pkcs8(
        algorithm: SigningAlgorithm,
        kid: impl Into<String>,
        der: &Secret<Vec<u8>>,
    ) -> Result<Self, SigningError> {
        let pair = match algorithm {
            SigningAlgorithm::RS256 => {
                RsaKeyPair::from_pkcs8(der.expose()).map(|pair| Pair::Rsa(Box::new(pair)))
            }
            SigningAlgorithm::ES256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.expose())
                    .map(|pair| Pair::Ec(Box::new(pair)))
            }
        };
        Self::new(pair.map_err(|_| SigningError::InvalidKey)?, kid.into())
    }

    /// The key as unencrypted PKCS#8 in DER.
    ///
    /// # Errors
    /// [`SigningError::Failed`] when the library cannot write it.
    pub fn to_pkcs8(&self) -> Result<Secret<Vec<u8>>, SigningError> {
        match self.pair.as_ref() {
            Pair::Rsa(pair) => pair.as_der().map(|der| Secret::new(der.as_ref().to_vec())),
            Pair::Ec(pair) => pair.to_pkcs8v1().map(|der| Secret::new(der.as_ref().to_vec())),
        }
        .map_err(|_| SigningError::Failed)
    }

    /// The key id that goes into headers and the key set.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What it signs with.
    #[must_use]
    pub fn algorithm(&self) -> SigningAlgorithm {
        match self.pair.as_ref() {
            Pair::Rsa(_) => SigningAlgorithm::RS256,
            Pair::Ec(_) => SigningAlgorithm::ES256,
        }
    }

    /// The public half, for the key set.
    #[must_use]
    pub fn public_jwk(&self) -> Jwk {
        self.public.clone()
    }

    /// The public half, for verifying own tokens.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// The same key, whose tokens carry the thumbprint of its certificate (DER) in the header `x5t`.
    #[must_use]
    pub fn with_certificate(&self, certificate: &[u8]) -> Self {
        Self {
            kid: self.kid.clone(),
            thumbprint: Some(super::jwk::x5t(certificate)),
            pair: Arc::clone(&self.pair),
            public: self.public.clone(),
            verifying: Arc::clone(&self.verifying),
        }
    }

    /// Signs claims as a compact JWS with the headers `alg`, `kid` and, when given, `typ`.
    ///
    /// # Errors
    /// [`SigningError`] when the claims do not become JSON or the library cannot sign.
    pub fn sign(&self, typ: Option<&str>, claims: &impl Serialize) -> Result<String, SigningError> {
        let (alg, x5t) = (self.algorithm().name(), self.thumbprint.as_deref());
        let header = SignedHeader { alg, kid: Some(&self.kid), typ, x5t };
        let mut token = signing_input(&header, claims)?;
        let signature = match self.pair.as_ref() {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
                    .map(|()| signature)
            }
            Pair::Ec(pair) => {
                pair.sign(&SystemRandom::new(), token.as_bytes()).map(|signature| signature.as_ref().to_vec())
            }
        };
        append_signature(&mut token, &signature.map_err(|_| SigningError::Failed)?);
        Ok(token)
    }

    fn new(pair: Pair, kid: String) -> Result<Self, SigningError> {
        let public = match &pair {
            Pair::Rsa(pair) => rsa_public(pair.public_key().as_ref()),
            Pair::Ec(pair) => ec_public(pair.public_key().as_ref()),
        };
        let mut public = public.ok_or(SigningError::InvalidKey)?;
        public.kid = Some(kid.clone());
        public.usage = Some("sig".to_owned());
        let verifying = VerifyingKey::from_jwk(&public).map_err(|_| SigningError::InvalidKey)?;
        let (pair, verifying) = (Arc::new(pair), Arc::new(verifying));
        Ok(Self { kid, thumbprint: None, pair, public, verifying })
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({} {})", self.algorithm().name(), self.kid)
    }
}

#[derive(Serialize)]
pub(super) struct SignedHeader<'a> {
    pub(super) alg: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) typ: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) x5t: Option<&'a str>,
}

/// The first two parts of a token, which the signature covers.
pub(super) fn signing_input(
    header: &SignedHeader<'_>,
    claims: &impl Serialize,
) -> Result<String, SigningError> {
    let header = serde_json::to_vec(header).map_err(|_| SigningError::InvalidClaims)?;
    let claims = Zeroizing::new(serde_json::to_vec(claims).map_err(|_| SigningError::InvalidClaims)?);
    let mut token = BASE64URL_NOPAD.encode(&header);
    token.push('.');
    BASE64URL_NOPAD.encode_append(&claims, &mut token);
    Ok(token)
}

pub(super) fn append_signature(token: &mut String, signature: &[u8]) {
    token.push('.');
    BASE64URL_NOPAD.encode_append(signature, token);
}

fn rsa_public(der: &[u8]) -> Option<Jwk> {
    let (n, e) = der::rsa_public_key(der)?;
    Some(Jwk {
        kty: "RSA".to_owned(),
        n: Some(BASE64URL_NOPAD.encode(n)),
        e: Some(BASE64URL_NOPAD.encode(e)),
        alg: Some("RS256".to_owned()),
        ..Jwk::default()
    })
}

fn ec_public(uncompressed: &[u8]) -> Option<Jwk> {
    let coordinates = uncompressed.strip_prefix(&[4]).filter(|rest| rest.len() == 64)?;
    let (x, y) = coordinates.split_at_checked(32)?;
    Some(Jwk {
        kty: "EC".to_owned(),
        crv: Some("P-256".to_owned()),
        x: Some(BASE64URL_NOPAD.encode(x)),
        y: Some(BASE64URL_NOPAD.encode(y)),
        alg: Some("ES256".to_owned()),
        ..Jwk::default()
    })
}

#[cfg(test)]
mod tests;
