//! `fido-u2f` (section 8.6): security keys of the first generation, which sign their own older message.

use super::super::WebauthnError;
use super::super::cbor::Map;
use super::super::certificate::Certificate;
use super::super::cose::{Algorithm, Curve, Material};
use super::statement::{certificates, has_members, signature};
use super::{Attestation, AttestationKind, Format, Subject};

pub(super) fn verify(statement: &Map<'_>, subject: &Subject<'_>) -> Result<Attestation, WebauthnError> {
    has_members(statement, 2)?;
    let signature = signature(statement)?;
    let (leaf, path) = certificates(statement)?;
    if path.len() != 1 {
        return Err(WebauthnError::MalformedAttestationStatement);
    }
    let certificate = Certificate::parse(leaf)?;
    if !certificate.is_on(Curve::P256) {
        return Err(WebauthnError::CertificateRequirements);
    }
    let Material::Ec { curve: Curve::P256, x, y } = subject.key.material() else {
        return Err(WebauthnError::AttestedKeyMismatch);
    };
    let message = [
        [0].as_slice(),
        subject.rp_id_hash,
        subject.client_data_hash,
        subject.credential.id,
        &[4],
        x.as_slice(),
        y.as_slice(),
    ]
    .concat();
    certificate.verify(Algorithm::Es256, &message, signature)?;
    Ok(Attestation::new(Format::FidoU2f, AttestationKind::Basic, &path))
}
