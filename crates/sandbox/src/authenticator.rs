//! A passkey in software, so that FIDO2 can be tested without a browser.
//!
//! It reads the options that Postern hands out and answers with the JSON texts
//! that PingOne's clients send, well-behaved or not: whether the user was
//! verified, what the flags of backup say and where the counter stands is up
//! to whoever drives it. Its keys are P-256, made from the randomness it is
//! given. Leaves keeping a passkey, and who may drive it, to its caller.

mod cbor;
mod data;
mod key;
mod options;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use postern_core::crypto::sha256;
use postern_core::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use key::PrivateKey;
pub use options::{CreationOptions, RequestOptions};

/// Why a passkey does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticatorError {
    /// The options are not JSON of the expected shape.
    #[error("the options cannot be read")]
    InvalidOptions,
    /// ES256 was not among the algorithms that were offered.
    #[error("none of the algorithms is known")]
    UnsupportedAlgorithm,
    /// The options are for another relying party, or for other credentials.
    #[error("the passkey was not asked")]
    NotAsked,
    /// The cryptographic library failed.
    #[error("the cryptographic library failed")]
    Failed,
}

/// A credential with its private key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// The relying party's domain.
    pub rp_id: String,
    /// The credential's id, in base64url.
    pub id: String,
    /// The user's handle, in base64url.
    pub user_handle: String,
    /// Whether it names its user when asked without a list of credentials.
    pub discoverable: bool,
    /// The key that signs.
    pub private_key: PrivateKey,
}

/// How an authenticator attests what it made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Attests {
    /// Not at all: format `none`.
    #[default]
    Nothing,
    /// With the credential's own key: format `packed`.
    Itself,
}

/// How the authenticator behaves in one ceremony. By default as a passkey that is kept in step between devices does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Manner {
    /// Whether the user was verified.
    pub user_verified: bool,
    /// Whether the credential can be backed up.
    pub backup_eligible: bool,
    /// Whether it is.
    pub backed_up: bool,
    /// The counter that is signed.
    pub sign_count: u32,
    /// What a registration attests.
    pub attests: Attests,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            user_verified: true,
            backup_eligible: true,
            backed_up: true,
            sign_count: 0,
            attests: Attests::Nothing,
        }
    }
}

impl Passkey {
    /// Makes a passkey as the options want it, and the `attestation` text that registers it from this origin.
    ///
    /// # Errors
    /// [`AuthenticatorError::UnsupportedAlgorithm`] or [`AuthenticatorError::Failed`].
    pub fn create(
        options: &CreationOptions,
        origin: &str,
        manner: &Manner,
        random: &Random,
    ) -> Result<(Self, String), AuthenticatorError> {
        if !options.algorithms.contains(&key::ES256) {
            return Err(AuthenticatorError::UnsupportedAlgorithm);
        }
        let private_key = PrivateKey::make(random);
        let id: [u8; 32] = random.bytes();
        let client_data = client_data("webauthn.create", &options.challenge, origin);
        let credential = data::credential(&id, &private_key.cose()?);
        let authenticator_data = data::authenticator_data(&options.rp_id, manner, Some(&credential));
        let (format, statement) = match manner.attests {
            Attests::Nothing => ("none", cbor::map(vec![])),
            Attests::Itself => {
                let signature = private_key.sign(&data::signed(&authenticator_data, &client_data))?;
                ("packed", data::self_attestation(&signature))
            }
        };
        let object = cbor::map(vec![
            (cbor::text("fmt"), cbor::text(format)),
            (cbor::text("attStmt"), statement),
            (cbor::text("authData"), cbor::bytes(&authenticator_data)),
        ]);
        let passkey = Self {
            rp_id: options.rp_id.clone(),
            id: BASE64URL_NOPAD.encode(&id),
            user_handle: BASE64URL_NOPAD.encode(&options.user_handle),
            discoverable: options.discoverable,
            private_key,
        };
        let extensions = if options.asks_properties {
            json!({ "credProps": { "rk": options.discoverable } })
        } else {
            json!({})
        };
        let attestation = json!({
            "id": passkey.id,
            "type": "public-key",
            "rawId": BASE64.encode(&id),
            "response": {
                "clientDataJSON": BASE64.encode(client_data.as_bytes()),
                "attestationObject": BASE64.encode(&object),
                "transports": ["internal"],
            },
            "clientExtensionResults": extensions,
        });
        Ok((passkey, attestation.to_string()))
    }

    /// The `assertion` text that answers the options from this origin.
    ///
    /// # Errors
    /// [`AuthenticatorError::NotAsked`] when the options are for others, or [`AuthenticatorError::Failed`].
    pub fn assert(
        &self,
        options: &RequestOptions,
        origin: &str,
        manner: &Manner,
    ) -> Result<String, AuthenticatorError> {
        let id = BASE64URL_NOPAD.decode(self.id.as_bytes()).map_err(|_| AuthenticatorError::Failed)?;
        let is_asked = if options.credentials.is_empty() {
            self.discoverable
        } else {
            options.credentials.contains(&id)
        };
        if !is_asked || options.rp_id != self.rp_id {
            return Err(AuthenticatorError::NotAsked);
        }
        let client_data = client_data("webauthn.get", &options.challenge, origin);
        let authenticator_data = data::authenticator_data(&self.rp_id, manner, None);
        let signature = self.private_key.sign(&data::signed(&authenticator_data, &client_data))?;
        let handle =
            BASE64URL_NOPAD.decode(self.user_handle.as_bytes()).map_err(|_| AuthenticatorError::Failed)?;
        let assertion = json!({
            "id": self.id,
            "rawId": BASE64.encode(&id),
            "type": "public-key",
            "response": {
                "clientDataJSON": BASE64.encode(client_data.as_bytes()),
                "authenticatorData": BASE64.encode(&authenticator_data),
                "signature": BASE64.encode(&signature),
                "userHandle": if self.discoverable { BASE64.encode(&handle) } else { String::new() },
            },
        });
        Ok(assertion.to_string())
    }
}

/// What a browser tells of the ceremony.
fn client_data(kind: &str, challenge: &[u8], origin: &str) -> String {
    let challenge = BASE64URL_NOPAD.encode(challenge);
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false }).to_string()
}

#[cfg(test)]
mod tests;
