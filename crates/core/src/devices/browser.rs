//! A remembered browser: a BROWSER device (MFA contract 1.12).
//!
//! It is proven by a cookie of which only a digest is kept, and, where the page
//! sends a stable identifier of the browser, by that identifier too. What the
//! page sends is read in [`payload`], the cookie in [`token`].

pub mod payload;
pub mod token;
pub mod user_agent;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Browsers of one user that are remembered; the oldest give way.
pub const MOST_PER_USER: usize = 20;

/// A browser that stands in for a second factor for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Browser {
    /// Such as `Chrome`.
    pub name: String,
    /// Its version; empty when it does not tell.
    pub version: String,
    /// Such as `Windows`; empty when it does not tell.
    pub system: String,
    /// The version of the system; empty when it does not tell.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub system_version: String,
    /// Keyed hash of the cookie, in base64url.
    pub cookie_digest: String,
    /// Keyed hash of the identifier in the payload, in base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier_digest: Option<String>,
    /// The session it was remembered in, when the client named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// When the user last proved a factor in it.
    pub remembered_at: Timestamp,
    /// From then on it is forgotten.
    pub expires_at: Timestamp,
}

impl Browser {
    /// Its nickname, such as `Chrome(150.0.0.0)`.
    #[must_use]
    pub fn nickname(&self) -> String {
        if self.version.is_empty() { self.name.clone() } else { format!("{}({})", self.name, self.version) }
    }
}
