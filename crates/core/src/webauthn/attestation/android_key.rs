//! `android-key` (section 8.4): a certificate for the credential's own key, with what the key store says of it.
//!
//! Of the two lists of authorizations only the one that the trusted
//! environment enforces counts for where the key was made and what it is for.

use x509_parser::asn1_rs::{Oid, oid};

use super::super::WebauthnError;
use super::super::cbor::Map;
use super::super::certificate::{
    Certificate, Element, INTEGER, OCTET_STRING, SEQUENCE, SET, Tag, elements, sole,
};
use super::super::cose::Algorithm;
use super::statement::{algorithm, certificates, has_members, signature};
use super::{Attestation, AttestationKind, Format, Subject};
use crate::crypto::constant_time_eq;

const KEY_DESCRIPTION: Oid<'static> = oid!(1.3.6.1.4.1.11129.2.1.17);
const PURPOSE: Tag = Tag::Context(1);
const ALL_APPLICATIONS: Tag = Tag::Context(600);
const ORIGIN: Tag = Tag::Context(702);
/// `KM_PURPOSE_SIGN`.
const SIGN: &[u8] = &[2];
/// `KM_ORIGIN_GENERATED`.
const GENERATED: &[u8] = &[0];

pub(super) fn verify(statement: &Map<'_>, subject: &Subject<'_>) -> Result<Attestation, WebauthnError> {
    has_members(statement, 3)?;
    let algorithm = Algorithm::of_attestation(algorithm(statement)?)
        .ok_or(WebauthnError::MalformedAttestationStatement)?;
    let (leaf, path) = certificates(statement)?;
    let certificate = Certificate::parse(leaf)?;
    certificate.verify(algorithm, &subject.signed(), signature(statement)?)?;
    certificate.is_about(subject.key.material())?;
    let extension = certificate.extension(&KEY_DESCRIPTION).ok_or(WebauthnError::CertificateRequirements)?;
    let description = KeyDescription::parse(extension.value).ok_or(WebauthnError::CertificateRequirements)?;
    if !constant_time_eq(description.challenge, subject.client_data_hash) {
        return Err(WebauthnError::AttestedDataMismatch);
    }
    if !description.is_made_for_signing() {
        return Err(WebauthnError::AndroidKeyRequirements);
    }
    Ok(Attestation::new(Format::AndroidKey, AttestationKind::Basic, &path))
}

struct KeyDescription<'a> {
    challenge: &'a [u8],
    software: Vec<Element<'a>>,
    trusted: Vec<Element<'a>>,
}

impl<'a> KeyDescription<'a> {
    /// Version and security level, twice; the challenge; an id; the lists of the software and of the trusted environment.
    fn parse(extension: &'a [u8]) -> Option<Self> {
        let members = elements(sole(extension, SEQUENCE)?)?;
        let [_, _, _, _, challenge, _, software, trusted, ..] = members.as_slice() else { return None };
        let right = challenge.tag == OCTET_STRING && software.tag == SEQUENCE && trusted.tag == SEQUENCE;
        Some(Self {
            challenge: right.then_some(challenge.content)?,
            software: elements(software.content)?,
            trusted: elements(trusted.content)?,
        })
    }

    /// Made inside the trusted environment, for signing, and for one application.
    fn is_made_for_signing(&self) -> bool {
        let for_all = |list: &[Element<'_>]| list.iter().any(|element| element.tag == ALL_APPLICATIONS);
        !for_all(&self.software)
            && !for_all(&self.trusted)
            && self.trusted(ORIGIN).is_some_and(|value| sole(value, INTEGER) == Some(GENERATED))
            && self.trusted(PURPOSE).is_some_and(holds_signing)
    }

    fn trusted(&self, tag: Tag) -> Option<&'a [u8]> {
        self.trusted.iter().find(|element| element.tag == tag).map(|element| element.content)
    }
}

/// Whether a set of purposes holds that of signing.
fn holds_signing(bytes: &[u8]) -> bool {
    sole(bytes, SET)
        .and_then(elements)
        .is_some_and(|purposes| purposes.contains(&Element { tag: INTEGER, content: SIGN }))
}
