//! The bytes that an authenticator signs (WebAuthn Level 3, section 6.1), and those around them.

use super::{Manner, cbor, key, sha256};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const CREDENTIAL: u8 = 1 << 6;

/// Authenticator data; a registration has a credential in them.
pub(super) fn authenticator_data(rp_id: &str, manner: &Manner, credential: Option<&[u8]>) -> Vec<u8> {
    let flags = USER_PRESENT
        | flag(manner.user_verified, USER_VERIFIED)
        | flag(manner.backup_eligible, BACKUP_ELIGIBLE)
        | flag(manner.backed_up, BACKED_UP)
        | flag(credential.is_some(), CREDENTIAL);
    let hash = sha256(rp_id.as_bytes());
    [hash.as_slice(), &[flags], &manner.sign_count.to_be_bytes(), credential.unwrap_or_default()].concat()
}

const fn flag(set: bool, flag: u8) -> u8 {
    if set { flag } else { 0 }
}

/// A credential: no model, its id and its public key.
pub(super) fn credential(id: &[u8; 32], key: &[u8]) -> Vec<u8> {
    [[0; 16].as_slice(), &[0, 32], id, key].concat()
}

/// What a signature is over.
pub(super) fn signed(authenticator_data: &[u8], client_data: &str) -> Vec<u8> {
    [authenticator_data, &sha256(client_data.as_bytes())].concat()
}

/// The statement of an authenticator that signs with the credential itself.
pub(super) fn self_attestation(signature: &[u8]) -> Vec<u8> {
    cbor::map(vec![
        (cbor::text("alg"), cbor::integer(key::ES256)),
        (cbor::text("sig"), cbor::bytes(signature)),
    ])
}
