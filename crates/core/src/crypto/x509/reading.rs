//! What a certificate says of itself.

use data_encoding::BASE64;
use x509_parser::asn1_rs::{Oid, oid};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;

use super::{CertificateSignature, KeyAlgorithm};
use crate::time::{Span, Timestamp};

/// The longest certificate, in bytes.
const MAX_CERTIFICATE: usize = 16 * 1024;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

const SIGNATURES: &[(Oid<'static>, CertificateSignature)] = &[
    (oid!(1.2.840.113549.1.1.11), CertificateSignature::Sha256WithRsa),
    (oid!(1.2.840.113549.1.1.12), CertificateSignature::Sha384WithRsa),
    (oid!(1.2.840.113549.1.1.13), CertificateSignature::Sha512WithRsa),
    (oid!(1.2.840.10045.4.3.2), CertificateSignature::Sha256WithEcdsa),
    (oid!(1.2.840.10045.4.3.3), CertificateSignature::Sha384WithEcdsa),
    (oid!(1.2.840.10045.4.3.4), CertificateSignature::Sha512WithEcdsa),
];

/// What a certificate says of itself. Nobody has checked its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The kind of its key.
    pub algorithm: KeyAlgorithm,
    /// The length of its key in bits.
    pub length: i64,
    /// How it is signed, where that has a word.
    pub signature: Option<CertificateSignature>,
    /// Whom it is about.
    pub subject: String,
    /// The common name of the subject.
    pub common_name: Option<String>,
    /// Its key: the subject's public key information in DER.
    pub public_key: Vec<u8>,
    /// Who issued it.
    pub issuer: String,
    /// Its serial number, where 63 bits hold it.
    pub serial: Option<i64>,
    /// From when on it is valid.
    pub starts_at: Timestamp,
    /// Until when it is valid.
    pub expires_at: Timestamp,
}

impl CertificateFacts {
    /// How many days it is valid, at least one.
    #[must_use]
    pub fn days(&self) -> i64 {
        (self.expires_at.since(self.starts_at).as_seconds() / Span::days(1).as_seconds()).max(1)
    }
}

/// Reads one certificate in DER.
#[must_use]
pub fn read(der: &[u8]) -> Option<CertificateFacts> {
    if der.len() > MAX_CERTIFICATE {
        return None;
    }
    let ([], certificate) = X509Certificate::from_der(der).ok()? else { return None };
    let (algorithm, length) = match certificate.public_key().parsed().ok()? {
        PublicKey::RSA(key) => (KeyAlgorithm::Rsa, key.key_size()),
        // Whole bytes, of which P-521 does not fill the first.
        PublicKey::EC(point) => {
            (KeyAlgorithm::Ec, if point.key_size() == 528 { 521 } else { point.key_size() })
        }
        _ => (KeyAlgorithm::Unknown, certificate.public_key().subject_public_key.data.len() * 8),
    };
    let signature = &certificate.signature_algorithm.algorithm;
    let signature = SIGNATURES.iter().find(|(known, _)| known == signature).map(|(_, word)| *word);
    let common_name = certificate.subject().iter_common_name().next();
    let validity = certificate.validity();
    Some(CertificateFacts {
        algorithm,
        length: i64::try_from(length).ok()?,
        signature,
        subject: certificate.subject().to_string(),
        common_name: common_name.and_then(|name| name.as_str().ok()).map(str::to_owned),
        public_key: certificate.public_key().raw.to_vec(),
        issuer: certificate.issuer().to_string(),
        serial: serial(certificate.raw_serial()),
        starts_at: Timestamp::from_seconds(validity.not_before.timestamp()),
        expires_at: Timestamp::from_seconds(validity.not_after.timestamp()),
    })
}

fn serial(bytes: &[u8]) -> Option<i64> {
    let significant: &[u8] = match bytes.iter().position(|byte| *byte != 0) {
        Some(first) => bytes.get(first..)?,
        None => &[],
    };
    if significant.len() > 8 {
        return None;
    }
    let value = significant.iter().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
    i64::try_from(value).ok()
}

/// The certificates of a file, in DER: those of a PEM text in their order, or the file itself.
#[must_use]
pub fn certificates_of(file: &[u8]) -> Vec<Vec<u8>> {
    let text = std::str::from_utf8(file).unwrap_or_default();
    if !text.contains(BEGIN) {
        return vec![file.to_vec()];
    }
    let bodies = text.split(BEGIN).skip(1).filter_map(|rest| rest.split_once(END)).map(|(body, _)| body);
    bodies
        .filter_map(|body| {
            let compact: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            BASE64.decode(compact.as_bytes()).ok()
        })
        .collect()
}
