//! Keys with certificates: made, read, and asked to be signed by others.
//!
//! `rcgen` writes, `x509-parser` reads. A certificate made here is signed by its own key; the name of its issuer is
//! the subject's unless another one is wanted.

mod names;
mod reading;
#[cfg(test)]
mod tests;

use std::time::Duration;

use data_encoding::BASE64;
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    RsaKeySize, SerialNumber, SignatureAlgorithm as Scheme, date_time_ymd,
};

pub use names::is_distinguished_name;
pub use reading::{CertificateFacts, certificates_of, read};

use crate::schema::words;
use crate::secret::Secret;
use crate::time::Timestamp;

words! {
    /// The kind of a key.
    pub enum KeyAlgorithm {
        Rsa = "RSA",
        Ec = "EC",
        Unknown = "UNKNOWN",
    }
}

words! {
    /// How a certificate is signed.
    pub enum CertificateSignature {
        Sha256WithRsa = "SHA256withRSA",
        Sha384WithRsa = "SHA384withRSA",
        Sha512WithRsa = "SHA512withRSA",
        Sha256WithEcdsa = "SHA256withECDSA",
        Sha384WithEcdsa = "SHA384withECDSA",
        Sha512WithEcdsa = "SHA512withECDSA",
    }
}

/// What a new key and its certificate should be.
#[derive(Debug, Clone)]
pub struct WantedKey {
    /// Its kind.
    pub algorithm: KeyAlgorithm,
    /// Its length in bits.
    pub length: i64,
    /// How the certificate is signed.
    pub signature: CertificateSignature,
    /// Whom the certificate is about, as a distinguished name.
    pub subject: String,
    /// Who is said to have issued it; the subject when absent.
    pub issuer: Option<String>,
    /// Its serial number, from 1.
    pub serial: i64,
    /// From when on it is valid.
    pub starts_at: Timestamp,
    /// Until when it is valid.
    pub expires_at: Timestamp,
    /// Whether it signs certificates.
    pub signs_certificates: bool,
    /// Where revocations are listed.
    pub revocations: Option<String>,
}

/// A new key.
#[derive(Debug, Clone)]
pub struct MadeKey {
    /// The certificate in DER.
    pub certificate: Vec<u8>,
    /// The key: PKCS#8 in DER.
    pub private: Secret<Vec<u8>>,
}

/// A key or certificate could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Keys of this kind, length and signature are not made here.
    #[error("no key of this kind and length can be made for this signature")]
    Unsupported,
    /// A distinguished name cannot be read.
    #[error("not a distinguished name")]
    InvalidName,
    /// The cryptographic library refused.
    #[error("the cryptographic library failed: {0}")]
    Failed(String),
}

fn failed(error: &rcgen::Error) -> CertificateError {
    CertificateError::Failed(error.to_string())
}

/// Makes a key and its certificate. Long RSA keys take seconds.
///
/// # Errors
/// [`CertificateError`].
pub fn make(wanted: &WantedKey) -> Result<MadeKey, CertificateError> {
    let params = params(wanted)?;
    let pair = pair(wanted.algorithm, wanted.length, wanted.signature)?;
    let certificate = match &wanted.issuer {
        Some(name) if *name != wanted.subject => {
            let mut named = CertificateParams::default();
            named.distinguished_name = names::parse(name).ok_or(CertificateError::InvalidName)?;
            params.signed_by(&pair, &Issuer::from_params(&named, &pair))
        }
        _ => params.self_signed(&pair),
    };
    let certificate = certificate.map_err(|error| failed(&error))?.der().to_vec();
    Ok(MadeKey { certificate, private: Secret::new(pair.serialize_der()) })
}

fn params(wanted: &WantedKey) -> Result<CertificateParams, CertificateError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = names::parse(&wanted.subject).ok_or(CertificateError::InvalidName)?;
    params.serial_number = Some(SerialNumber::from_slice(&wanted.serial.to_be_bytes()));
    let at = |moment: Timestamp| {
        let seconds = u64::try_from(moment.seconds()).unwrap_or_default();
        date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds)
    };
    params.not_before = at(wanted.starts_at);
    params.not_after = at(wanted.expires_at);
    if wanted.signs_certificates {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    }
    if let Some(address) = &wanted.revocations {
        params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![address.clone()] }];
    }
    Ok(params)
}

fn pair(
    algorithm: KeyAlgorithm,
    length: i64,
    signature: CertificateSignature,
) -> Result<KeyPair, CertificateError> {
    let scheme = scheme(algorithm, length, signature).ok_or(CertificateError::Unsupported)?;
    let made = match (algorithm, length) {
        (KeyAlgorithm::Rsa, 2048) => KeyPair::generate_rsa_for(scheme, RsaKeySize::_2048),
        (KeyAlgorithm::Rsa, 3072) => KeyPair::generate_rsa_for(scheme, RsaKeySize::_3072),
        (KeyAlgorithm::Rsa, _) => KeyPair::generate_rsa_for(scheme, RsaKeySize::_4096),
        _ => KeyPair::generate_for(scheme),
    };
    made.map_err(|error| failed(&error))
}

/// Whether keys of this kind and length can be made for this signature.
#[must_use]
pub fn can_make(algorithm: KeyAlgorithm, length: i64, signature: CertificateSignature) -> bool {
    scheme(algorithm, length, signature).is_some()
}

fn scheme(algorithm: KeyAlgorithm, length: i64, signature: CertificateSignature) -> Option<&'static Scheme> {
    use CertificateSignature::*;
    match (algorithm, length, signature) {
        (KeyAlgorithm::Rsa, 2048 | 3072 | 4096, Sha256WithRsa) => Some(&rcgen::PKCS_RSA_SHA256),
        (KeyAlgorithm::Rsa, 2048 | 3072 | 4096, Sha384WithRsa) => Some(&rcgen::PKCS_RSA_SHA384),
        (KeyAlgorithm::Rsa, 2048 | 3072 | 4096, Sha512WithRsa) => Some(&rcgen::PKCS_RSA_SHA512),
        (KeyAlgorithm::Ec, 256, Sha256WithEcdsa) => Some(&rcgen::PKCS_ECDSA_P256_SHA256),
        (KeyAlgorithm::Ec, 384, Sha384WithEcdsa) => Some(&rcgen::PKCS_ECDSA_P384_SHA384),
        (KeyAlgorithm::Ec, 521, Sha256WithEcdsa) => Some(&rcgen::PKCS_ECDSA_P521_SHA256),
        (KeyAlgorithm::Ec, 521, Sha384WithEcdsa) => Some(&rcgen::PKCS_ECDSA_P521_SHA384),
        (KeyAlgorithm::Ec, 521, Sha512WithEcdsa) => Some(&rcgen::PKCS_ECDSA_P521_SHA512),
        _ => None,
    }
}

/// A request to others to certify a key, in DER (PKCS#10).
///
/// # Errors
/// [`CertificateError`], also when the bytes are not a PKCS#8 key.
pub fn request(private: &Secret<Vec<u8>>, subject: &str) -> Result<Vec<u8>, CertificateError> {
    let pair = KeyPair::try_from(private.expose().as_slice()).map_err(|error| failed(&error))?;
    let mut params = CertificateParams::default();
    params.distinguished_name = names::parse(subject).ok_or(CertificateError::InvalidName)?;
    let request = params.serialize_request(&pair).map_err(|error| failed(&error))?;
    Ok(request.der().to_vec())
}

/// DER as text (RFC 7468). `label` is `CERTIFICATE` or `CERTIFICATE REQUEST`.
#[must_use]
pub fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in BASE64.encode(der).as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

/// A certificate as a bundle without signers (PKCS#7), in DER.
#[must_use]
pub fn bundle(certificate: &[u8]) -> Vec<u8> {
    const SIGNED_DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    const DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    const VERSION: &[u8] = &[0x02, 0x01, 0x01];
    const EMPTY_SET: &[u8] = &[0x31, 0x00];
    let content = element(0x30, &[DATA]);
    let certificates = element(0xa0, &[certificate]);
    let signed = element(0x30, &[VERSION, EMPTY_SET, &content, &certificates, EMPTY_SET]);
    element(0x30, &[SIGNED_DATA, &element(0xa0, &[&signed])])
}

/// A DER element.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut element = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => element.push(short),
        _ => {
            element.push(0x80 | u8::try_from(significant.len()).unwrap_or_default());
            element.extend(significant);
        }
    }
    element.extend(content);
    element
}
