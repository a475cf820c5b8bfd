//! The credential of a FIDO2 device (MFA contract 1.6): what was offered to the browser, then what the authenticator made.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::crypto::sha256;
use crate::fido::AttestationType;

/// A WebAuthn credential of a user, offered or made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// The relying party that it is bound to: a domain.
    pub rp_id: String,
    /// What the relying party is called.
    pub rp_name: String,
    /// What its policy calls it: a text, or the key of a translated one.
    pub display_name: String,
    /// What was offered, until the device is activated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// What the authenticator made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Credential>,
}

/// A credential that is awaited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// The bytes to be signed, in base64url.
    pub challenge: String,
    /// The options for the browser, JSON in a string.
    pub options: String,
}

/// A public key and what is known of its authenticator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    /// Its id, in base64url.
    pub id: String,
    /// The key in COSE form, in base64url.
    pub public_key: String,
    /// The COSE algorithm.
    pub algorithm: i64,
    /// The highest signature counter that was seen.
    pub sign_count: u32,
    /// The make of the authenticator, as it says itself; nil when it does not.
    pub aaguid: Uuid,
    /// How browsers reach the authenticator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transports: Vec<String>,
    /// Whether the authenticator keeps it, so that it can name its user.
    pub resident: bool,
    /// Whether the authenticator is apart from the device.
    pub cross_platform: bool,
    /// Whether the authenticator checked who used it when it was made.
    pub user_verified: bool,
    /// Whether it may be backed up.
    pub backup_eligible: bool,
    /// Whether it was backed up when it was last used.
    pub backed_up: bool,
    /// How the authenticator said of what make it is.
    pub attestation: AttestationType,
    /// Whether a certificate of the maker proves the make.
    pub attested: bool,
    /// The entry of the metadata that describes the make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mds_identifier: Option<String>,
}

impl Passkey {
    /// The text by which its credential is found, once it is made.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let id = self.credential.as_ref()?.id_bytes();
        Some(credential_key(&id))
    }
}

impl Credential {
    /// Its id.
    #[must_use]
    pub fn id_bytes(&self) -> Vec<u8> {
        decode(&self.id)
    }

    /// Its key in COSE form.
    #[must_use]
    pub fn public_key_bytes(&self) -> Vec<u8> {
        decode(&self.public_key)
    }
}

/// The text by which a credential is found: ids are up to a kilobyte long and their case matters.
#[must_use]
pub fn credential_key(id: &[u8]) -> String {
    HEXLOWER.encode(&sha256(id))
}

/// The bytes of a text that Postern wrote.
fn decode(text: &str) -> Vec<u8> {
    data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_has_its_own_key() {
        assert_eq!(credential_key(b"a").len(), 64);
        assert_ne!(credential_key(b"a"), credential_key(b"A"));
    }

    #[test]
    fn a_passkey_has_no_key_before_it_is_made() {
        let offer = Offer { challenge: "AAAA".to_owned(), options: "{}".to_owned() };
        let passkey = Passkey {
            rp_id: "example.com".to_owned(),
            rp_name: "Example".to_owned(),
            display_name: "Passkey".to_owned(),
            offer: Some(offer),
            credential: None,
        };
        assert_eq!(passkey.key(), None);
        let kept: Passkey = serde_json::from_value(serde_json::to_value(&passkey).unwrap()).unwrap();
        assert_eq!(kept, passkey);
    }
}
