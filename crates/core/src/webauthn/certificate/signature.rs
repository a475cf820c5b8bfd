//! Whether one certificate's key signed another. SHA-1 counts for nothing here.

use aws_lc_rs::signature::{
    self as aws, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};
use x509_parser::asn1_rs::{Oid, oid};

use super::Certificate;
use crate::webauthn::cose::Curve;

/// An Ed25519 key, and a signature by one.
pub(super) const ED25519: Oid<'static> = oid!(1.3.101.112);
const ECDSA_SHA256: Oid<'static> = oid!(1.2.840.10045.4.3.2);
const ECDSA_SHA384: Oid<'static> = oid!(1.2.840.10045.4.3.3);
const ECDSA_SHA512: Oid<'static> = oid!(1.2.840.10045.4.3.4);
const RSA_SHA256: Oid<'static> = oid!(1.2.840.113549.1.1.11);
const RSA_SHA384: Oid<'static> = oid!(1.2.840.113549.1.1.12);
const RSA_SHA512: Oid<'static> = oid!(1.2.840.113549.1.1.13);

/// Whether the issuer's key made the signature of the certificate.
pub(super) fn is_signed_by(certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> bool {
    let parsed = &certificate.parsed;
    if parsed.signature_algorithm != parsed.tbs_certificate.signature {
        return false;
    }
    algorithm(&parsed.signature_algorithm.algorithm, issuer.curve()).is_some_and(|algorithm| {
        UnparsedPublicKey::new(algorithm, issuer.parsed.public_key().raw)
            .verify(parsed.tbs_certificate.as_ref(), &parsed.signature_value.data)
            .is_ok()
    })
}

fn algorithm(named: &Oid<'_>, curve: Option<Curve>) -> Option<&'static dyn VerificationAlgorithm> {
    let is = |identifier: Oid<'_>| *named == identifier;
    Some(match curve {
        Some(Curve::P256) if is(ECDSA_SHA256) => &aws::ECDSA_P256_SHA256_ASN1,
        Some(Curve::P256) if is(ECDSA_SHA384) => &aws::ECDSA_P256_SHA384_ASN1,
        Some(Curve::P256) if is(ECDSA_SHA512) => &aws::ECDSA_P256_SHA512_ASN1,
        Some(Curve::P384) if is(ECDSA_SHA256) => &aws::ECDSA_P384_SHA256_ASN1,
        Some(Curve::P384) if is(ECDSA_SHA384) => &aws::ECDSA_P384_SHA384_ASN1,
        Some(Curve::P384) if is(ECDSA_SHA512) => &aws::ECDSA_P384_SHA512_ASN1,
        Some(Curve::P521) if is(ECDSA_SHA256) => &aws::ECDSA_P521_SHA256_ASN1,
        Some(Curve::P521) if is(ECDSA_SHA384) => &aws::ECDSA_P521_SHA384_ASN1,
        Some(Curve::P521) if is(ECDSA_SHA512) => &aws::ECDSA_P521_SHA512_ASN1,
        None if is(RSA_SHA256) => &RSA_PKCS1_2048_8192_SHA256,
        None if is(RSA_SHA384) => &RSA_PKCS1_2048_8192_SHA384,
        None if is(RSA_SHA512) => &RSA_PKCS1_2048_8192_SHA512,
        None if is(ED25519) => &aws::ED25519,
        _ => return None,
    })
}
