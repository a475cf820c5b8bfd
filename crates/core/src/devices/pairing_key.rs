//! Pairing keys: with one a mobile application becomes a device of a user (MFA contract 5.1).
//!
//! ```text
//!  UNCLAIMED ── claimed by an application ──► CLAIMED
//!      │  └──── valid, but the device may not be added ──► FAILED
//!      └─ its time ends, or it is deleted: gone
//! ```
//!
//! A NUMERIC key has 14 digits: so do the keys of the live service, although
//! its documentation says 12, and whoever guesses a key adds a phone of theirs
//! to somebody's account.

mod input;

use serde::{Deserialize, Serialize};

use crate::crypto::keyring::KeyRing;
use crate::directory::reference::Reference;
use crate::entity::Entity;
use crate::ids::{ApplicationId, DeviceId, DevicePolicyId, EnvironmentId, Id, PairingKeyId, UserId};
use crate::policy::PairingKeyFormat;
use crate::random::Random;
use crate::schema::words;
use crate::secret::{Sealed, Secret};
use crate::time::{Span, Timestamp};

pub use input::{NewPairingKey, schema};

/// Keys of one user that may be valid at a time.
pub const MOST_VALID: i64 = 20;
/// How long a key can be looked at after it was claimed.
const SHOWN: Span = Span::hours(1);
/// Digits of a NUMERIC key.
const DIGITS: usize = 14;
/// Characters of an ALPHANUMERIC key.
const CHARACTERS: usize = 16;
const PURPOSE: &str = "pairing key";

words! {
    /// What became of a key.
    pub enum PairingKeyStatus {
        Unclaimed = "UNCLAIMED",
        Claimed = "CLAIMED",
        Failed = "FAILED",
    }
}

/// Why a key failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairingFailure {
    /// In the words of PingOne's error codes.
    pub code: String,
    /// For people.
    pub message: String,
}

/// A pairing key as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PairingKey {
    /// Whose device the application becomes.
    pub user: UserId,
    /// The key, for those who show it to the user.
    pub sealed: Sealed,
    /// Keyed hash of the key in base64url, by which it is found.
    pub digest: String,
    /// What became of it.
    pub status: PairingKeyStatus,
    /// The applications that may claim it; at least one.
    pub applications: Vec<Reference<ApplicationId>>,
    /// The policy that rules the pairing; the environment's default when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<DevicePolicyId>,
    /// The device that it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<PairingFailure>,
    /// From then on it cannot be claimed.
    pub expires_at: Timestamp,
    /// From then on it is forgotten.
    pub forget_at: Timestamp,
}

impl Entity for PairingKey {
    type Id = PairingKeyId;
    const KIND: &'static str = "PAIRING_KEY";
}

impl PairingKey {
    /// Whether an application may claim it now.
    #[must_use]
    pub fn claimable(&self, now: Timestamp) -> bool {
        self.status == PairingKeyStatus::Unclaimed && self.expires_at > now
    }

    /// Whether it is still to be seen.
    #[must_use]
    pub fn visible(&self, now: Timestamp) -> bool {
        self.forget_at > now
    }

    /// It became this device.
    pub fn claim(&mut self, device: DeviceId, now: Timestamp) {
        self.status = PairingKeyStatus::Claimed;
        self.device = Some(device);
        self.end(now);
    }

    /// The device may not be added.
    pub fn fail(&mut self, code: &str, message: &str, now: Timestamp) {
        self.status = PairingKeyStatus::Failed;
        self.failure = Some(PairingFailure { code: code.to_owned(), message: message.to_owned() });
        self.end(now);
    }

    fn end(&mut self, now: Timestamp) {
        self.forget_at = self.expires_at.max(now.plus(SHOWN));
    }
}

/// A fresh key.
#[must_use]
pub fn generate(random: &Random, format: PairingKeyFormat) -> Secret {
    Secret::new(match format {
        PairingKeyFormat::Numeric => random.text(DIGITS, b"0123456789"),
        PairingKeyFormat::Alphanumeric => random.text(CHARACTERS, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
    })
}

/// What a key is found by: made with the newest master key first, then with older ones.
#[must_use]
pub fn digests(keys: &KeyRing, environment: EnvironmentId, code: &str) -> Vec<String> {
    let plain = plain(code);
    keys.macs(PURPOSE, &[environment.uuid().as_bytes(), plain.as_bytes()])
        .map(|digest| data_encoding::BASE64URL_NOPAD.encode(&digest))
        .collect()
}

/// As a person may write it: in groups, in small letters.
fn plain(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_form() {
        let random = Random::seeded(4);
        let numeric = generate(&random, PairingKeyFormat::Numeric);
        assert!(numeric.expose().len() == 14 && numeric.expose().chars().all(|c| c.is_ascii_digit()));
        let mixed = generate(&random, PairingKeyFormat::Alphanumeric);
        assert!(mixed.expose().len() == 16);
        assert!(mixed.expose().chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()));
    }

    #[test]
    fn a_key_is_found_however_it_is_written_and_after_a_rotation() {
        let random = Random::seeded(5);
        let ring = KeyRing::generate(&random);
        let environment = EnvironmentId::new(&random);
        let kept = digests(&ring, environment, "ABCD1234EFGH5678").remove(0);
        assert_eq!(digests(&ring, environment, " abcd-1234 efgh-5678")[0], kept);
        assert!(digests(&ring.rotated(&random), environment, "ABCD1234EFGH5678").contains(&kept));
        assert!(!digests(&ring, EnvironmentId::new(&random), "ABCD1234EFGH5678").contains(&kept));
    }
}
