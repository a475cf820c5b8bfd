//! `apple` (section 8.8): a certificate for the credential's own key, with a nonce over the ceremony inside.

use x509_parser::asn1_rs::{Oid, oid};

use super::super::WebauthnError;
use super::super::cbor::Map;
use super::super::certificate::{Certificate, OCTET_STRING, SEQUENCE, Tag, sole};
use super::statement::certificates;
use super::{Attestation, AttestationKind, Format, Subject};
use crate::crypto::{constant_time_eq, sha256};

const NONCE: Oid<'static> = oid!(1.2.840.113635.100.8.2);

pub(super) fn verify(statement: &Map<'_>, subject: &Subject<'_>) -> Result<Attestation, WebauthnError> {
    // Older systems add an `alg`, which says nothing here.
    let (leaf, path) = certificates(statement)?;
    let certificate = Certificate::parse(leaf)?;
    let extension = certificate.extension(&NONCE).ok_or(WebauthnError::CertificateRequirements)?;
    let nonce = nonce(extension.value).ok_or(WebauthnError::CertificateRequirements)?;
    if !constant_time_eq(nonce, &sha256(&subject.signed())) {
        return Err(WebauthnError::AttestedDataMismatch);
    }
    certificate.is_about(subject.key.material())?;
    Ok(Attestation::new(Format::Apple, AttestationKind::AnonymizationCa, &path))
}

/// `SEQUENCE { [1] { OCTET STRING } }`.
fn nonce(extension: &[u8]) -> Option<&[u8]> {
    sole(sole(sole(extension, SEQUENCE)?, Tag::Context(1))?, OCTET_STRING)
}
