//! The list of authenticators that the FIDO Alliance publishes: a signed file (FIDO Metadata Service, version 3.1).
//!
//! Owns the check of its signature and the reading of its entries. The roots
//! come from the caller: whoever runs the server says whom to trust.
//! Authenticators of the UAF protocol are left out; browsers do not speak it.

use std::collections::HashMap;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use super::Entry;
use super::entry::certificate;
use crate::time::Timestamp;
use crate::webauthn::{Attestation, AttestationKind, Format};

/// The name that the certificate of the list must carry; its root vouches for many others.
const ISSUER: &str = "mds.fidoalliance.org";
/// Longest file, in bytes.
const MAX_LENGTH: usize = 64 * 1024 * 1024;

/// The list could not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// It is no signed file of the metadata service.
    #[error("not a metadata file of the FIDO Alliance")]
    Malformed,
    /// Its signature algorithm is not known.
    #[error("the signature algorithm is not supported")]
    Algorithm,
    /// Its certificate is not that of the metadata service.
    #[error("the certificate is not that of {ISSUER}")]
    Issuer,
    /// Its certificates do not lead to one of the roots, or are not valid now.
    #[error("the certificate does not lead to a given root, or is not valid now")]
    Untrusted,
    /// It was changed, or another key signed it.
    #[error("the signature does not hold")]
    Signature,
}

/// Everything that is published.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    number: i64,
    next_update: String,
    entries: Vec<Entry>,
    by_model: HashMap<Uuid, usize>,
    by_key: HashMap<String, usize>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    x5c: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    no: i64,
    #[serde(default)]
    next_update: String,
    entries: Vec<Published>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    aaguid: Option<Uuid>,
    #[serde(default)]
    attestation_certificate_key_identifiers: Vec<String>,
    #[serde(default)]
    metadata_statement: Map<String, Value>,
    #[serde(default)]
    status_reports: Vec<Report>,
}

#[derive(Deserialize)]
struct Report {
    status: String,
}

impl Catalogue {
    /// Reads a list and checks who signed it. `roots` are certificates in DER.
    ///
    /// # Errors
    /// [`BlobError`]
    pub fn read(text: &str, roots: &[Vec<u8>], now: Timestamp) -> Result<Self, BlobError> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(BlobError::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(BlobError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(BlobError::Malformed)?;
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| BlobError::Malformed)?;
        verify(&header, roots, now, signed.as_bytes(), &decode(signature)?)?;
        let payload: Payload = serde_json::from_slice(&decode(payload)?).map_err(|_| BlobError::Malformed)?;
        Ok(Self::of(payload))
    }

    fn of(payload: Payload) -> Self {
        let entries: Vec<Entry> = payload.entries.into_iter().filter_map(Published::entry).collect();
        let by_model =
            entries.iter().enumerate().filter_map(|(at, entry)| Some((entry.aaguid?, at))).collect();
        let keys = |(at, entry): (usize, &Entry)| {
            entry.key_identifiers.iter().map(|key| (key.clone(), at)).collect::<Vec<_>>()
        };
        let by_key = entries.iter().enumerate().flat_map(keys).collect();
        Self { number: payload.no, next_update: payload.next_update, entries, by_model, by_key }
    }

    /// Its serial number; 0 when there is no list.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.number
    }

    /// The day (`YYYY-MM-DD`) on which another one is due; empty when there is no list.
    #[must_use]
    pub fn next_update(&self) -> &str {
        &self.next_update
    }

    /// All entries.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of a model.
    #[must_use]
    pub fn of_model(&self, aaguid: Uuid) -> Option<&Entry> {
        self.by_model.get(&aaguid).and_then(|at| self.entries.get(*at))
    }

    /// The entry of an attestation key, in lower-case hex.
    #[must_use]
    pub fn of_key(&self, identifier: &str) -> Option<&Entry> {
        self.by_key.get(identifier).and_then(|at| self.entries.get(*at))
    }

    /// The entry with this name.
    #[must_use]
    pub fn find(&self, identifier: &str) -> Option<&Entry> {
        match Uuid::try_parse(identifier) {
            Ok(aaguid) if identifier.len() == 36 => self.of_model(aaguid),
            _ => self.of_key(&identifier.to_ascii_lowercase()),
        }
    }
}

impl Published {
    fn entry(self) -> Option<Entry> {
        let statuses = self.status_reports.into_iter().map(|report| report.status).collect();
        Entry::new(
            self.aaguid,
            self.attestation_certificate_key_identifiers,
            statuses,
            self.metadata_statement,
        )
    }
}

fn verify(
    header: &Header,
    roots: &[Vec<u8>],
    now: Timestamp,
    signed: &[u8],
    signature: &[u8],
) -> Result<(), BlobError> {
    let algorithm: &'static dyn VerificationAlgorithm = match header.alg.as_str() {
        "RS256" => &RSA_PKCS1_2048_8192_SHA256,
        "ES256" => &ECDSA_P256_SHA256_FIXED,
        "ES384" => &ECDSA_P384_SHA384_FIXED,
        _ => return Err(BlobError::Algorithm),
    };
    let path: Option<Vec<Vec<u8>>> = header.x5c.iter().map(|text| certificate(text)).collect();
    let trust_path = path.ok_or(BlobError::Malformed)?;
    let leaf = trust_path.first().cloned().ok_or(BlobError::Malformed)?;
    let (_, leaf) = X509Certificate::from_der(&leaf).map_err(|_| BlobError::Malformed)?;
    if !is_issuer(&leaf) {
        return Err(BlobError::Issuer);
    }
    let chain =
        Attestation { format: Format::None, kind: AttestationKind::None, trust_path: trust_path.clone() };
    chain.chains_to(roots, now).map_err(|_| BlobError::Untrusted)?;
    UnparsedPublicKey::new(algorithm, leaf.public_key().raw)
        .verify(signed, signature)
        .map_err(|_| BlobError::Signature)
}

/// Whether the certificate is for the host of the metadata service.
fn is_issuer(certificate: &X509Certificate<'_>) -> bool {
    let Ok(Some(names)) = certificate.subject_alternative_name() else { return false };
    names
        .value
        .general_names
        .iter()
        .any(|name| matches!(name, GeneralName::DNSName(host) if host.eq_ignore_ascii_case(ISSUER)))
}

fn decode(part: &str) -> Result<Vec<u8>, BlobError> {
    BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| BlobError::Malformed)
}

#[cfg(test)]
mod tests;
