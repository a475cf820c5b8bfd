//! The signature algorithms, by their COSE identifiers.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, ED25519,
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaParameters, VerificationAlgorithm,
};

use super::Curve;

/// A COSE signature algorithm; those of ECDSA fix their curve, as WebAuthn demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::webauthn) enum Algorithm {
    Es256,
    Es384,
    Es512,
    EdDsa,
    Rs256,
    Ps256,
    /// RSA with SHA-1: what TPMs of many Windows machines sign attestations with. For no other use.
    Rs1,
}

impl Algorithm {
    const ALL: [Self; 7] =
        [Self::Es256, Self::Es384, Self::Es512, Self::EdDsa, Self::Rs256, Self::Ps256, Self::Rs1];

    /// An algorithm that a credential may have.
    pub(super) fn of_credential(identifier: i64) -> Option<Self> {
        Self::of_tpm(identifier).filter(|algorithm| *algorithm != Self::Rs1)
    }

    /// An algorithm that an attestation certificate may sign with.
    pub(in crate::webauthn) fn of_attestation(identifier: i64) -> Option<Self> {
        Self::of_credential(identifier)
    }

    /// An algorithm that a TPM's attestation key may sign with.
    pub(in crate::webauthn) fn of_tpm(identifier: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.identifier() == identifier)
    }

    /// The number in the IANA registry.
    pub(in crate::webauthn) const fn identifier(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Es384 => -35,
            Self::Es512 => -36,
            Self::Ps256 => -37,
            Self::Rs256 => -257,
            Self::Rs1 => -65535,
        }
    }

    pub(super) const fn curve(self) -> Option<Curve> {
        match self {
            Self::Es256 => Some(Curve::P256),
            Self::Es384 => Some(Curve::P384),
            Self::Es512 => Some(Curve::P521),
            _ => None,
        }
    }

    pub(super) fn rsa_parameters(self) -> Option<&'static RsaParameters> {
        match self {
            Self::Rs256 => Some(&RSA_PKCS1_2048_8192_SHA256),
            Self::Ps256 => Some(&RSA_PSS_2048_8192_SHA256),
            Self::Rs1 => Some(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
            _ => None,
        }
    }

    pub(in crate::webauthn) fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Es256 => &ECDSA_P256_SHA256_ASN1,
            Self::Es384 => &ECDSA_P384_SHA384_ASN1,
            Self::Es512 => &ECDSA_P521_SHA512_ASN1,
            Self::EdDsa => &ED25519,
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Ps256 => &RSA_PSS_2048_8192_SHA256,
            Self::Rs1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        }
    }
}
