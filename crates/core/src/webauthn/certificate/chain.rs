//! Whether a trust path leads to a root: the part of RFC 5280 section 6 that attestation needs.
//!
//! Names chain, every issuer is a CA that may be one at its place, every
//! certificate of the path is valid at the time, and no critical extension is
//! unknown. A root is trusted as it stands, whatever its dates. There is no
//! revocation here: the FIDO metadata tell of broken models.

use x509_parser::asn1_rs::{Oid, oid};
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Version;

use super::Certificate;
use super::signature::is_signed_by;
use crate::time::Timestamp;
use crate::webauthn::WebauthnError;

/// More certificates than any path has.
const MAX_PATH: usize = 8;

/// The extensions that may be critical: basic constraints, key usage, extended key usage, alternative name, policies.
const UNDERSTOOD: [Oid<'static>; 5] =
    [oid!(2.5.29.19), oid!(2.5.29.15), oid!(2.5.29.37), oid!(2.5.29.17), oid!(2.5.29.32)];

/// Checks the path, leaf first. It holds as far as the first certificate that is a root, or that a root has issued.
///
/// # Errors
/// [`WebauthnError::NoTrustPath`], [`WebauthnError::UntrustedChain`], [`WebauthnError::CertificateNotValidNow`], or
/// what a certificate of the path cannot be read for. Roots that cannot be read are no roots.
pub(in crate::webauthn) fn leads_to(
    path: &[Vec<u8>],
    roots: &[Vec<u8>],
    now: Timestamp,
) -> Result<(), WebauthnError> {
    if path.is_empty() {
        return Err(WebauthnError::NoTrustPath);
    }
    if path.len() > MAX_PATH {
        return Err(WebauthnError::UntrustedChain);
    }
    let path = path.iter().map(|der| Certificate::parse(der)).collect::<Result<Vec<_>, _>>()?;
    let roots: Vec<_> = roots.iter().filter_map(|der| Certificate::parse(der).ok()).collect();
    let now = ASN1Time::from_timestamp(now.seconds()).map_err(|_| WebauthnError::CertificateNotValidNow)?;
    for (place, certificate) in path.iter().enumerate() {
        if !certificate.parsed.validity().is_valid_at(now) {
            return Err(WebauthnError::CertificateNotValidNow);
        }
        if has_unknown_critical_extension(certificate) {
            return Err(WebauthnError::UntrustedChain);
        }
        let is_root = |root: &Certificate<'_>| {
            root.der == certificate.der || (is_anchor(root, place) && has_issued(root, certificate))
        };
        if roots.iter().any(is_root) {
            return Ok(());
        }
        match path.get(place + 1) {
            Some(issuer) if is_authority(issuer, place) && has_issued(issuer, certificate) => {}
            _ => return Err(WebauthnError::UntrustedChain),
        }
    }
    Err(WebauthnError::UntrustedChain)
}

fn has_issued(issuer: &Certificate<'_>, certificate: &Certificate<'_>) -> bool {
    issuer.parsed.subject().as_raw() == certificate.parsed.issuer().as_raw()
        && is_signed_by(certificate, issuer)
}

/// Whether a root may issue: it is an authority, or as old as certificates that could not say so.
fn is_anchor(root: &Certificate<'_>, below: usize) -> bool {
    root.parsed.version() == X509Version::V1 || is_authority(root, below)
}

/// Whether the certificate is a CA's with `below` more authorities between it and the leaf.
fn is_authority(issuer: &Certificate<'_>, below: usize) -> bool {
    let Ok(Some(constraints)) = issuer.parsed.basic_constraints() else { return false };
    let Ok(usage) = issuer.parsed.key_usage() else { return false };
    let deep_enough = constraints
        .value
        .path_len_constraint
        .is_none_or(|most| usize::try_from(most).is_ok_and(|most| below <= most));
    issuer.parsed.version() == X509Version::V3
        && constraints.value.ca
        && deep_enough
        && usage.is_none_or(|usage| usage.value.key_cert_sign())
}

fn has_unknown_critical_extension(certificate: &Certificate<'_>) -> bool {
    certificate
        .parsed
        .extensions()
        .iter()
        .any(|extension| extension.critical && !UNDERSTOOD.contains(&extension.oid))
}

#[cfg(test)]
mod tests;
