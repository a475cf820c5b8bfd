//! The JSON texts in which a client hands on what the browser answered.
//!
//! PingOne's clients write binary members in standard base64 and a missing
//! user handle as an empty text; `toJSON()` of browsers writes base64url and
//! leaves it out. Both are read.

use serde::Deserialize;

use super::WebauthnError;
use super::encoding::decode;

/// The longest JSON text, in bytes.
const MAX_JSON: usize = 128 * 1024;
/// The longest client data, in bytes.
const MAX_CLIENT_DATA: usize = 8 * 1024;
/// The longest attestation object, in bytes.
const MAX_ATTESTATION_OBJECT: usize = 64 * 1024;
/// The longest authenticator data of an assertion, in bytes.
const MAX_AUTHENTICATOR_DATA: usize = 16 * 1024;
/// The longest signature, in bytes: one of RSA with 8192 bits.
const MAX_SIGNATURE: usize = 1024;
/// The longest credential id that WebAuthn allows, in bytes.
pub(super) const MAX_CREDENTIAL_ID: usize = 1023;
/// The longest user handle that WebAuthn allows, in bytes.
const MAX_USER_HANDLE: usize = 64;
/// More transports than there are names of them.
const MAX_TRANSPORTS: usize = 16;

/// What a browser answered to the wish for a new credential; read, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationResponse {
    pub(super) credential_id: Vec<u8>,
    pub(super) client_data: Vec<u8>,
    pub(super) attestation_object: Vec<u8>,
    pub(super) transports: Vec<String>,
    pub(super) resident: Option<bool>,
}

/// What a browser answered to the wish for a signature; read, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionResponse {
    pub(super) credential_id: Vec<u8>,
    pub(super) client_data: Vec<u8>,
    pub(super) authenticator_data: Vec<u8>,
    pub(super) signature: Vec<u8>,
    user_handle: Option<Vec<u8>>,
}

impl RegistrationResponse {
    /// Reads the JSON of a `PublicKeyCredential` that holds an attestation.
    ///
    /// # Errors
    /// What is wrong with its form.
    pub fn parse(json: &str) -> Result<Self, WebauthnError> {
        let credential: Credential<AttestationMembers> = read(json)?;
        let credential_id = credential.id()?;
        let mut transports = credential.response.transports.unwrap_or_default();
        transports.retain(|name| is_transport(name));
        transports.truncate(MAX_TRANSPORTS);
        Ok(Self {
            credential_id,
            client_data: decode(&credential.response.client_data, MAX_CLIENT_DATA)?,
            attestation_object: decode(&credential.response.attestation_object, MAX_ATTESTATION_OBJECT)?,
            transports,
            resident: credential.extensions.and_then(|outputs| outputs.properties).and_then(|of| of.resident),
        })
    }

    /// The id that the client says the new credential has; [`super::register`] compares it with the signed one.
    #[must_use]
    pub fn credential_id(&self) -> &[u8] {
        &self.credential_id
    }
}

impl AssertionResponse {
    /// Reads the JSON of a `PublicKeyCredential` that holds an assertion.
    ///
    /// # Errors
    /// What is wrong with its form.
    pub fn parse(json: &str) -> Result<Self, WebauthnError> {
        let credential: Credential<AssertionMembers> = read(json)?;
        let user_handle = credential.response.user_handle.as_deref().unwrap_or_default();
        Ok(Self {
            credential_id: credential.id()?,
            client_data: decode(&credential.response.client_data, MAX_CLIENT_DATA)?,
            authenticator_data: decode(&credential.response.authenticator_data, MAX_AUTHENTICATOR_DATA)?,
            signature: decode(&credential.response.signature, MAX_SIGNATURE)?,
            user_handle: Some(decode(user_handle, MAX_USER_HANDLE)?).filter(|handle| !handle.is_empty()),
        })
    }

    /// The id of the credential that is said to have signed: the key to look up.
    #[must_use]
    pub fn credential_id(&self) -> &[u8] {
        &self.credential_id
    }

    /// Whose credential the authenticator says it is; 1 to 64 bytes.
    #[must_use]
    pub fn user_handle(&self) -> Option<&[u8]> {
        self.user_handle.as_deref()
    }
}

#[derive(Deserialize)]
struct Credential<R> {
    id: Option<String>,
    #[serde(rename = "rawId")]
    raw_id: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    response: R,
    #[serde(rename = "clientExtensionResults")]
    extensions: Option<Extensions>,
}

#[derive(Deserialize)]
struct AttestationMembers {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(rename = "attestationObject")]
    attestation_object: String,
    transports: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct AssertionMembers {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(rename = "authenticatorData")]
    authenticator_data: String,
    signature: String,
    #[serde(rename = "userHandle")]
    user_handle: Option<String>,
}

#[derive(Deserialize)]
struct Extensions {
    #[serde(rename = "credProps")]
    properties: Option<CredentialProperties>,
}

#[derive(Deserialize)]
struct CredentialProperties {
    #[serde(rename = "rk")]
    resident: Option<bool>,
}

impl<R> Credential<R> {
    /// The credential's id. `rawId` and `id` say the same; one of them is enough.
    fn id(&self) -> Result<Vec<u8>, WebauthnError> {
        let given = |member: &Option<String>| member.as_deref().filter(|text| !text.is_empty()).map(id_bytes);
        match (given(&self.raw_id).transpose()?, given(&self.id).transpose()?) {
            (Some(raw), Some(id)) if raw != id => Err(WebauthnError::CredentialIdMismatch),
            (Some(id), _) | (None, Some(id)) => Ok(id),
            (None, None) => Err(WebauthnError::MalformedResponse),
        }
    }
}

fn id_bytes(text: &str) -> Result<Vec<u8>, WebauthnError> {
    decode(text, MAX_CREDENTIAL_ID)
}

fn read<R: for<'de> Deserialize<'de>>(json: &str) -> Result<Credential<R>, WebauthnError> {
    if json.len() > MAX_JSON {
        return Err(WebauthnError::TooLarge);
    }
    let credential: Credential<R> =
        serde_json::from_str(json).map_err(|_| WebauthnError::MalformedResponse)?;
    if credential.kind == "public-key" { Ok(credential) } else { Err(WebauthnError::WrongCredentialType) }
}

/// Whether this may be the name of a transport. Unknown names are kept, as the standard asks, when they look like one.
fn is_transport(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
