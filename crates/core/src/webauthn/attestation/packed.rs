//! `packed` (section 8.2): signed by an attestation key with certificates, or by the credential itself.

use x509_parser::x509::X509Name;

use super::super::WebauthnError;
use super::super::cbor::Map;
use super::super::certificate::Certificate;
use super::super::cose::Algorithm;
use super::statement::{algorithm, certificates, has_members, signature};
use super::{Attestation, AttestationKind, Format, Subject};

/// The organizational unit that section 8.2.1 prescribes.
const UNIT: &str = "Authenticator Attestation";

pub(super) fn verify(statement: &Map<'_>, subject: &Subject<'_>) -> Result<Attestation, WebauthnError> {
    let algorithm = algorithm(statement)?;
    let signature = signature(statement)?;
    if statement.named("x5c").is_none() {
        has_members(statement, 2)?;
        if algorithm != subject.key.algorithm() {
            return Err(WebauthnError::MalformedAttestationStatement);
        }
        subject.key.verify(&subject.signed(), signature)?;
        return Ok(Attestation::new(Format::Packed, AttestationKind::SelfSigned, &[]));
    }
    has_members(statement, 3)?;
    let (leaf, path) = certificates(statement)?;
    let certificate = Certificate::parse(leaf)?;
    let algorithm =
        Algorithm::of_attestation(algorithm).ok_or(WebauthnError::MalformedAttestationStatement)?;
    certificate.verify(algorithm, &subject.signed(), signature)?;
    if !names_an_attestation_key(certificate.parsed().subject()) {
        return Err(WebauthnError::CertificateRequirements);
    }
    certificate.check_leaf(subject.credential.aaguid)?;
    Ok(Attestation::new(Format::Packed, AttestationKind::Basic, &path))
}

/// A country of two letters, an organization, the prescribed unit and a name.
fn names_an_attestation_key(name: &X509Name<'_>) -> bool {
    let is_country = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    name.iter_country().any(|part| part.as_str().is_ok_and(is_country))
        && name.iter_organization().any(|part| part.as_str().is_ok_and(|text| !text.is_empty()))
        && name.iter_organizational_unit().any(|part| part.as_str() == Ok(UNIT))
        && name.iter_common_name().any(|part| part.as_str().is_ok_and(|text| !text.is_empty()))
}
