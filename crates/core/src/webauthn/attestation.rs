//! Attestation (section 6.5): what an authenticator says of its own make.
//!
//! Each format has its module, which checks a statement as section 8 has it.
//! Whether the maker is one to trust is asked afterwards, with
//! [`Attestation::chains_to`].

mod android_key;
mod apple;
mod fido_u2f;
mod packed;
mod statement;
mod tpm;

use super::authenticator_data::AttestedCredential;
use super::certificate::leads_to;
use super::cose::PublicKey;
use super::{WebauthnError, cbor};
use crate::time::Timestamp;

/// What was found in an attestation statement that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// The form of the statement.
    pub format: Format,
    /// Who stands behind it.
    pub kind: AttestationKind,
    /// The certificates in DER, leaf first; empty without any.
    pub trust_path: Vec<Vec<u8>>,
}

/// The attestation statement formats that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `none`: no statement.
    None,
    /// `packed`: FIDO2 authenticators.
    Packed,
    /// `tpm`: a trusted platform module, such as that behind Windows Hello.
    Tpm,
    /// `android-key`: Android's key store.
    AndroidKey,
    /// `apple`: Apple's anonymous attestation.
    Apple,
    /// `fido-u2f`: security keys of the first generation.
    FidoU2f,
}

/// Who stands behind an attestation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttestationKind {
    /// No one.
    None,
    /// The credential itself: it proves that the key is there, not who made it.
    SelfSigned,
    /// The maker, with a certificate for a batch of authenticators.
    Basic,
    /// A CA that certifies attestation keys, as for TPMs.
    AttestationCa,
    /// A CA that certifies each credential apart, as Apple's.
    AnonymizationCa,
}

impl Format {
    const ALL: [Self; 6] =
        [Self::None, Self::Packed, Self::Tpm, Self::AndroidKey, Self::Apple, Self::FidoU2f];

    /// The name in an attestation object.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Packed => "packed",
            Self::Tpm => "tpm",
            Self::AndroidKey => "android-key",
            Self::Apple => "apple",
            Self::FidoU2f => "fido-u2f",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

impl Attestation {
    /// Checks that the certificates lead to one of the roots (DER), and are valid at this time. A certificate of the
    /// path that is itself among the roots is enough.
    ///
    /// # Errors
    /// [`WebauthnError::NoTrustPath`] without certificates, [`WebauthnError::UntrustedChain`],
    /// [`WebauthnError::CertificateNotValidNow`], or why a certificate cannot be read.
    pub fn chains_to(&self, roots: &[Vec<u8>], now: Timestamp) -> Result<(), WebauthnError> {
        leads_to(&self.trust_path, roots, now)
    }

    fn new(format: Format, kind: AttestationKind, trust_path: &[&[u8]]) -> Self {
        Self { format, kind, trust_path: trust_path.iter().map(|der| der.to_vec()).collect() }
    }
}

/// An attestation object, taken apart.
pub(super) struct AttestationObject<'a> {
    pub(super) authenticator_data: &'a [u8],
    format: &'a str,
    statement: cbor::Value<'a>,
}

/// What a statement is about.
pub(super) struct Subject<'a> {
    pub(super) authenticator_data: &'a [u8],
    pub(super) rp_id_hash: &'a [u8; 32],
    pub(super) client_data_hash: &'a [u8; 32],
    pub(super) credential: &'a AttestedCredential<'a>,
    pub(super) key: &'a PublicKey,
}

impl Subject<'_> {
    /// What most formats sign.
    fn signed(&self) -> Vec<u8> {
        [self.authenticator_data, self.client_data_hash].concat()
    }
}

impl<'a> AttestationObject<'a> {
    /// Reads an attestation object.
    ///
    /// # Errors
    /// [`WebauthnError::MalformedCbor`] or [`WebauthnError::MalformedAttestationObject`].
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, WebauthnError> {
        let cbor::Value::Map(mut map) = cbor::read(bytes)? else {
            return Err(WebauthnError::MalformedAttestationObject);
        };
        let found = (|| {
            let format = map.named("fmt")?.text()?;
            let authenticator_data = map.named("authData")?.bytes()?;
            let statement = map.take("attStmt").filter(|statement| statement.map().is_some())?;
            Some(Self { authenticator_data, format, statement })
        })();
        found.ok_or(WebauthnError::MalformedAttestationObject)
    }

    /// Checks the statement by the rules of its format.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub(super) fn verify(&self, subject: &Subject<'_>) -> Result<Attestation, WebauthnError> {
        let format = Format::from_name(self.format).ok_or(WebauthnError::UnknownAttestationFormat)?;
        let statement = self.statement.map().ok_or(WebauthnError::MalformedAttestationObject)?;
        match format {
            Format::None if statement.len() == 0 => Ok(Attestation::new(format, AttestationKind::None, &[])),
            Format::None => Err(WebauthnError::MalformedAttestationStatement),
            Format::Packed => packed::verify(statement, subject),
            Format::Tpm => tpm::verify(statement, subject),
            Format::AndroidKey => android_key::verify(statement, subject),
            Format::Apple => apple::verify(statement, subject),
            Format::FidoU2f => fido_u2f::verify(statement, subject),
        }
    }
}
