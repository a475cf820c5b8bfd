//! `tpm` (section 8.3): a TPM certifies the credential's key with an attestation key that a CA has certified.

mod certified;
mod public_area;
mod reader;

use aws_lc_rs::digest;
use x509_parser::asn1_rs::{Oid, oid};
use x509_parser::extensions::GeneralName;

use super::super::WebauthnError;
use super::super::cbor::{Map, Value};
use super::super::certificate::Certificate;
use super::super::cose::Algorithm;
use super::statement::{algorithm, bytes, certificates, has_members, signature};
use super::{Attestation, AttestationKind, Format, Subject};
use crate::crypto::constant_time_eq;
use certified::Certified;
use public_area::PublicArea;

/// The purpose of attestation identity keys, `tcg-kp-AIKCertificate`.
const ATTESTATION_KEY: Oid<'static> = oid!(2.23.133.8.3);
const MANUFACTURER: Oid<'static> = oid!(2.23.133.2.1);
const MODEL: Oid<'static> = oid!(2.23.133.2.2);
const VERSION: Oid<'static> = oid!(2.23.133.2.3);

pub(super) fn verify(statement: &Map<'_>, subject: &Subject<'_>) -> Result<Attestation, WebauthnError> {
    has_members(statement, 6)?;
    if statement.named("ver").and_then(Value::text) != Some("2.0") {
        return Err(WebauthnError::MalformedAttestationStatement);
    }
    let algorithm =
        Algorithm::of_tpm(algorithm(statement)?).ok_or(WebauthnError::MalformedAttestationStatement)?;
    let hash = hash(algorithm).ok_or(WebauthnError::MalformedAttestationStatement)?;
    let certified_bytes = bytes(statement, "certInfo")?;
    let area_bytes = bytes(statement, "pubArea")?;

    let area = PublicArea::parse(area_bytes).ok_or(WebauthnError::MalformedAttestationStatement)?;
    if area.key != *subject.key.material() {
        return Err(WebauthnError::AttestedKeyMismatch);
    }
    let certified = Certified::parse(certified_bytes).ok_or(WebauthnError::MalformedAttestationStatement)?;
    let signed = digest::digest(hash, &subject.signed());
    if !constant_time_eq(certified.extra_data, signed.as_ref())
        || !constant_time_eq(certified.name, &area.name(area_bytes))
    {
        return Err(WebauthnError::AttestedDataMismatch);
    }

    let (leaf, path) = certificates(statement)?;
    let certificate = Certificate::parse(leaf)?;
    certificate.verify(algorithm, certified_bytes, signature(statement)?)?;
    if !is_for_attestation_keys(&certificate) {
        return Err(WebauthnError::CertificateRequirements);
    }
    certificate.check_leaf(subject.credential.aaguid)?;
    Ok(Attestation::new(Format::Tpm, AttestationKind::AttestationCa, &path))
}

/// The hash of the algorithm that the TPM signs with.
fn hash(algorithm: Algorithm) -> Option<&'static digest::Algorithm> {
    match algorithm {
        Algorithm::Es256 | Algorithm::Rs256 | Algorithm::Ps256 => Some(&digest::SHA256),
        Algorithm::Es384 => Some(&digest::SHA384),
        Algorithm::Es512 => Some(&digest::SHA512),
        Algorithm::Rs1 => Some(&digest::SHA1_FOR_LEGACY_USE_ONLY),
        Algorithm::EdDsa => None,
    }
}

/// Section 8.3.1: no subject, a TPM as alternative name, and the purpose of attestation keys.
fn is_for_attestation_keys(certificate: &Certificate<'_>) -> bool {
    let parsed = certificate.parsed();
    let has_purpose = parsed
        .extended_key_usage()
        .is_ok_and(|usage| usage.is_some_and(|usage| usage.value.other.contains(&ATTESTATION_KEY)));
    parsed.subject().iter_rdn().next().is_none() && has_purpose && names_a_tpm(certificate)
}

/// Whether the alternative name tells manufacturer (`id:` and eight hexadecimal digits), model and version.
fn names_a_tpm(certificate: &Certificate<'_>) -> bool {
    let Ok(Some(alternative)) = certificate.parsed().subject_alternative_name() else { return false };
    alternative.value.general_names.iter().any(|name| {
        let GeneralName::DirectoryName(name) = name else { return false };
        let has = |identifier: &Oid<'_>, right: fn(&str) -> bool| {
            name.iter_attributes()
                .any(|part| part.attr_type() == identifier && part.as_str().is_ok_and(right))
        };
        has(&MANUFACTURER, is_manufacturer)
            && has(&MODEL, |text| !text.is_empty())
            && has(&VERSION, |text| !text.is_empty())
    })
}

fn is_manufacturer(text: &str) -> bool {
    text.strip_prefix("id:")
        .is_some_and(|digits| digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}
