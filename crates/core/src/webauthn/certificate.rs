//! X.509 certificates of attestation statements: reading them and what several formats ask of them.
//!
//! `x509-parser` takes them apart; every signature is checked by `aws-lc-rs`.
//! What one format alone asks is in [`super::attestation`].

mod chain;
mod der;
mod signature;

use aws_lc_rs::signature::UnparsedPublicKey;
use x509_parser::asn1_rs::{Oid, oid};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::X509Extension;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey as SubjectKey;
use x509_parser::x509::X509Version;

pub(super) use chain::leads_to;
pub(super) use der::{Element, INTEGER, OCTET_STRING, SEQUENCE, SET, Tag, elements, sole};

use super::WebauthnError;
use super::cose::{Algorithm, Curve, Material};

/// The longest certificate, in bytes.
const MAX_CERTIFICATE: usize = 16 * 1024;

const AAGUID: Oid<'static> = oid!(1.3.6.1.4.1.45724.1.1.4);
const P256: Oid<'static> = oid!(1.2.840.10045.3.1.7);
const P384: Oid<'static> = oid!(1.3.132.0.34);
const P521: Oid<'static> = oid!(1.3.132.0.35);

/// A certificate that was read; its signature is not checked by that.
pub(super) struct Certificate<'a> {
    der: &'a [u8],
    parsed: X509Certificate<'a>,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate in DER. No extension may be there twice.
    ///
    /// # Errors
    /// [`WebauthnError::MalformedCertificate`] or [`WebauthnError::TooLarge`].
    pub(super) fn parse(der: &'a [u8]) -> Result<Self, WebauthnError> {
        if der.len() > MAX_CERTIFICATE {
            return Err(WebauthnError::TooLarge);
        }
        match X509Certificate::from_der(der) {
            Ok(([], parsed)) if parsed.extensions_map().is_ok() => Ok(Self { der, parsed }),
            _ => Err(WebauthnError::MalformedCertificate),
        }
    }

    pub(super) fn parsed(&self) -> &X509Certificate<'a> {
        &self.parsed
    }

    /// Checks a signature that the certificate's key made over an attestation.
    ///
    /// # Errors
    /// [`WebauthnError::InvalidSignature`], also when the key is not one for the algorithm.
    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), WebauthnError> {
        UnparsedPublicKey::new(algorithm.verification(), self.parsed.public_key().raw)
            .verify(message, signature)
            .map_err(|_| WebauthnError::InvalidSignature)
    }

    /// Checks that the certificate is about this key.
    ///
    /// # Errors
    /// [`WebauthnError::AttestedKeyMismatch`].
    pub(super) fn is_about(&self, key: &Material) -> Result<(), WebauthnError> {
        if self.material().as_ref() == Some(key) { Ok(()) } else { Err(WebauthnError::AttestedKeyMismatch) }
    }

    /// Checks what packed and TPM attestation ask alike: version 3, not a CA's, and of this model if it names one.
    ///
    /// # Errors
    /// [`WebauthnError::CertificateRequirements`] or [`WebauthnError::AaguidMismatch`].
    pub(super) fn check_leaf(&self, aaguid: [u8; 16]) -> Result<(), WebauthnError> {
        let constraints =
            self.parsed.basic_constraints().map_err(|_| WebauthnError::CertificateRequirements)?;
        if self.parsed.version() != X509Version::V3 || constraints.is_none_or(|found| found.value.ca) {
            return Err(WebauthnError::CertificateRequirements);
        }
        let Some(extension) = self.extension(&AAGUID) else { return Ok(()) };
        if extension.critical {
            return Err(WebauthnError::CertificateRequirements);
        }
        if sole(extension.value, OCTET_STRING) == Some(&aaguid) {
            Ok(())
        } else {
            Err(WebauthnError::AaguidMismatch)
        }
    }

    /// The extension with this identifier.
    pub(super) fn extension(&self, identifier: &Oid<'_>) -> Option<&X509Extension<'a>> {
        self.parsed.extensions().iter().find(|extension| extension.oid == *identifier)
    }

    /// Whether the certificate's key lies on this curve.
    pub(super) fn is_on(&self, curve: Curve) -> bool {
        self.curve() == Some(curve)
    }

    /// The curve of the certificate's key, if it lies on a known one.
    fn curve(&self) -> Option<Curve> {
        let parameters = self.parsed.public_key().algorithm.parameters.as_ref()?;
        let named = parameters.as_oid().ok()?;
        [(P256, Curve::P256), (P384, Curve::P384), (P521, Curve::P521)]
            .into_iter()
            .find(|(identifier, _)| *identifier == named)
            .map(|(_, curve)| curve)
    }

    fn material(&self) -> Option<Material> {
        let key = self.parsed.public_key();
        match key.parsed().ok()? {
            SubjectKey::EC(_) => {
                let curve = self.curve()?;
                let (&[4], point) = key.subject_public_key.data.split_first_chunk::<1>()? else {
                    return None;
                };
                let (x, y) = point.split_at_checked(curve.size())?;
                (y.len() == curve.size()).then(|| Material::Ec { curve, x: x.to_vec(), y: y.to_vec() })
            }
            SubjectKey::RSA(rsa) => {
                Some(Material::Rsa { n: unsigned(rsa.modulus), e: unsigned(rsa.exponent) })
            }
            _ if key.algorithm.algorithm == signature::ED25519 => {
                Some(Material::Ed25519(key.subject_public_key.data.to_vec()))
            }
            _ => None,
        }
    }
}

/// A positive DER integer without the zero that keeps it positive.
fn unsigned(integer: &[u8]) -> Vec<u8> {
    integer.strip_prefix(&[0]).unwrap_or(integer).to_vec()
}
