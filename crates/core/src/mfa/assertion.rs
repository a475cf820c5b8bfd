//! What a passkey was asked (MFA contract 6.3).

use serde::{Deserialize, Serialize};

use crate::ids::DeviceId;

/// An assertion that is awaited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssertionAsked {
    /// The bytes to be signed, in base64url.
    pub challenge: String,
    /// The relying party.
    pub rp_id: String,
    /// The options for the browser, JSON in a string.
    pub options: String,
    /// The devices that may answer; none where a passkey names its user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceId>,
}
