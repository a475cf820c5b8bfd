//! Registering a credential: WebAuthn Level 3, section 7.1.

use uuid::Uuid;

use super::attestation::{Attestation, AttestationObject, Subject};
use super::authenticator_data::AuthenticatorData;
use super::client_data::ClientData;
use super::cose::PublicKey;
use super::{Ceremony, RegistrationResponse, WebauthnError};
use crate::crypto::sha256;

/// What the relying party asked for.
#[derive(Debug, Clone, Copy)]
pub struct RegistrationExpected<'a> {
    /// The challenge that was given out for this registration: 16 bytes or more.
    pub challenge: &'a [u8],
    /// The relying party's domain, as given to the browser.
    pub rp_id: &'a str,
    /// The origin that the caller says the ceremony ran on.
    pub origin: &'a str,
    /// Whether the user must have been verified.
    pub require_user_verification: bool,
    /// The COSE algorithms that were offered.
    pub algorithms: &'a [i64],
    /// Whether the credential may be one that can be backed up.
    pub allow_backup_eligible: bool,
}

/// A credential that holds. Whether its id is taken is the caller's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The credential's id: 1 to 1023 bytes.
    pub credential_id: Vec<u8>,
    /// The public key: COSE bytes as the authenticator wrote them, for [`super::AssertionExpected::public_key`].
    pub public_key: Vec<u8>,
    /// The key's COSE algorithm.
    pub algorithm: i64,
    /// The authenticator's counter; 0 when it keeps none.
    pub sign_count: u32,
    /// The authenticator's model; nil when it tells none.
    pub aaguid: Uuid,
    /// Whether the user was verified.
    pub user_verified: bool,
    /// Whether the credential can be backed up. Never changes.
    pub backup_eligible: bool,
    /// Whether it is backed up now.
    pub backed_up: bool,
    /// How the authenticator can be reached, in the browser's words; at most 16.
    pub transports: Vec<String>,
    /// Whether it is discoverable, when the browser told (`credProps.rk`).
    pub resident: Option<bool>,
    /// What the authenticator says of its make.
    pub attestation: Attestation,
}

/// Checks a registration.
///
/// # Errors
/// The first rule that is broken.
pub fn register(
    response: &RegistrationResponse,
    expected: &RegistrationExpected<'_>,
) -> Result<Registered, WebauthnError> {
    ClientData::parse(&response.client_data)?.check(
        Ceremony::Create,
        expected.challenge,
        expected.rp_id,
        expected.origin,
    )?;
    let object = AttestationObject::parse(&response.attestation_object)?;
    let data = AuthenticatorData::parse(object.authenticator_data)?;
    data.check(expected.rp_id, expected.require_user_verification)?;
    if data.backup_eligible() && !expected.allow_backup_eligible {
        return Err(WebauthnError::BackupEligible);
    }
    let credential = data.credential.as_ref().ok_or(WebauthnError::NoCredential)?;
    if credential.id != response.credential_id {
        return Err(WebauthnError::CredentialIdMismatch);
    }
    let key = PublicKey::parse(credential.key)?;
    if !expected.algorithms.contains(&key.algorithm()) {
        return Err(WebauthnError::AlgorithmNotAllowed);
    }
    let attestation = object.verify(&Subject {
        authenticator_data: object.authenticator_data,
        rp_id_hash: data.rp_id_hash,
        client_data_hash: &sha256(&response.client_data),
        credential,
        key: &key,
    })?;
    Ok(Registered {
        credential_id: credential.id.to_vec(),
        public_key: credential.key.to_vec(),
        algorithm: key.algorithm(),
        sign_count: data.sign_count,
        aaguid: Uuid::from_bytes(credential.aaguid),
        user_verified: data.user_verified(),
        backup_eligible: data.backup_eligible(),
        backed_up: data.backed_up(),
        transports: response.transports.clone(),
        resident: response.resident,
        attestation,
    })
}
