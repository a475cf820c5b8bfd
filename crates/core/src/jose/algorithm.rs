//! The signature algorithms of RFC 7518 and RFC 8037 that are known here.

use serde::{Deserialize, Serialize};

/// A signature algorithm, by its `alg` name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// No signature. Never verifies; see [`crate::jose::jws::Unverified::unsecured_claims`].
    #[serde(rename = "none")]
    None,
    /// HMAC with SHA-256.
    HS256,
    /// HMAC with SHA-384.
    HS384,
    /// HMAC with SHA-512.
    HS512,
    /// RSA PKCS#1 1.5 with SHA-256.
    RS256,
    /// RSA PKCS#1 1.5 with SHA-384.
    RS384,
    /// RSA PKCS#1 1.5 with SHA-512.
    RS512,
    /// RSA PSS with SHA-256.
    PS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// Ed25519.
    EdDSA,
}

impl Algorithm {
    /// The algorithms keyed with a client secret.
    pub const SHARED_SECRET: [Self; 3] = [Self::HS256, Self::HS384, Self::HS512];

    /// The algorithms that a client's key set may be used with.
    pub const PUBLIC_KEY: [Self; 7] =
        [Self::RS256, Self::RS384, Self::RS512, Self::PS256, Self::ES256, Self::ES384, Self::EdDSA];

    /// All that sign: those of both kinds of keys.
    pub const SIGNED: [Self; 10] = [
        Self::HS256,
        Self::HS384,
        Self::HS512,
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::ES256,
        Self::ES384,
        Self::EdDSA,
    ];

    const ALL: [Self; 11] = [
        Self::None,
        Self::HS256,
        Self::HS384,
        Self::HS512,
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::ES256,
        Self::ES384,
        Self::EdDSA,
    ];

    /// The value of the `alg` header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::EdDSA => "EdDSA",
        }
    }

    /// Reads an `alg` header; nothing for an unknown one. Case matters.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_equal_the_serialised_form() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
            assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.name());
        }
        for unknown in ["", "None", "NONE", "hs256", "ES512", "RSA-OAEP"] {
            assert_eq!(Algorithm::from_name(unknown), None);
        }
    }
}
