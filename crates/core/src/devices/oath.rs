//! The hardware token of an OATH_TOKEN device. Its key and how far it was used are in the token's own record
//! ([`crate::oath::token`]).

use serde::{Deserialize, Serialize};

use crate::ids::OathTokenId;
use crate::oath::TokenType;

/// Which token the device stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OathLink {
    /// The token. While the device waits for its activation, others may still pair it.
    pub token: OathTokenId,
    /// What is printed on it.
    pub serial_number: String,
    /// What moves it on.
    pub token_type: TokenType,
}
