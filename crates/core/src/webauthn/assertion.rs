//! Proving the possession of a credential: WebAuthn Level 3, section 7.2.

use super::authenticator_data::AuthenticatorData;
use super::client_data::ClientData;
use super::cose::PublicKey;
use super::{AssertionResponse, Ceremony, WebauthnError};
use crate::crypto::sha256;

/// What the relying party asked for, and what it knows of the credential that [`AssertionResponse::credential_id`]
/// names.
#[derive(Debug, Clone, Copy)]
pub struct AssertionExpected<'a> {
    /// The challenge that was given out for this ceremony: 16 bytes or more.
    pub challenge: &'a [u8],
    /// The relying party's domain, as given to the browser.
    pub rp_id: &'a str,
    /// The origin that the caller says the ceremony ran on.
    pub origin: &'a str,
    /// Whether the user must have been verified.
    pub require_user_verification: bool,
    /// The stored public key: COSE bytes.
    pub public_key: &'a [u8],
    /// The stored counter.
    pub sign_count: u32,
    /// Whether the credential could be backed up when it was registered; nothing when that is not known.
    pub backup_eligible: Option<bool>,
}

/// An assertion that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asserted {
    /// The counter to store.
    pub sign_count: u32,
    /// Whether the user was verified.
    pub user_verified: bool,
    /// Whether the credential can be backed up.
    pub backup_eligible: bool,
    /// Whether it is backed up now.
    pub backed_up: bool,
    /// The counter did not grow though one is kept: two authenticators may hold the same key. What follows is the
    /// relying party's decision.
    pub cloned: bool,
}

/// Checks an assertion.
///
/// # Errors
/// The first rule that is broken.
pub fn verify_assertion(
    response: &AssertionResponse,
    expected: &AssertionExpected<'_>,
) -> Result<Asserted, WebauthnError> {
    ClientData::parse(&response.client_data)?.check(
        Ceremony::Get,
        expected.challenge,
        expected.rp_id,
        expected.origin,
    )?;
    let data = AuthenticatorData::parse(&response.authenticator_data)?;
    data.check(expected.rp_id, expected.require_user_verification)?;
    if expected.backup_eligible.is_some_and(|eligible| eligible != data.backup_eligible()) {
        return Err(WebauthnError::BackupFlagsInconsistent);
    }
    let client_data_hash = sha256(&response.client_data);
    let signed = [response.authenticator_data.as_slice(), &client_data_hash].concat();
    PublicKey::parse(expected.public_key)?.verify(&signed, &response.signature)?;
    Ok(Asserted {
        sign_count: data.sign_count,
        user_verified: data.user_verified(),
        backup_eligible: data.backup_eligible(),
        backed_up: data.backed_up(),
        cloned: is_cloned(expected.sign_count, data.sign_count),
    })
}

/// A counter that either side keeps has to grow.
const fn is_cloned(stored: u32, signed: u32) -> bool {
    (stored != 0 || signed != 0) && signed <= stored
}

#[cfg(test)]
mod tests {
    use super::is_cloned;

    #[test]
    fn a_counter_that_is_kept_has_to_grow() {
        assert!(!is_cloned(0, 0));
        assert!(!is_cloned(0, 1));
        assert!(!is_cloned(7, 8));
        assert!(is_cloned(7, 7));
        assert!(is_cloned(7, 6));
        assert!(is_cloned(7, 0));
    }
}
