//! What a phone was asked, and what became of it (MFA contract 6.8). The request itself is in [`request`].

pub mod request;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Timestamp;

/// A push that is awaited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushAsked {
    /// The push request.
    pub request: Uuid,
    /// From then on no answer counts.
    pub expires_at: Timestamp,
    /// What the person is to compare, where numbers are matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushState {
    /// Nothing yet.
    Waiting,
    /// The person approved it.
    Approved,
    /// The person denied it, or chose a wrong number.
    Denied,
    /// The person says that it was not them.
    Fraud,
    /// Nobody answered in time.
    TimedOut,
    /// It was taken back.
    Cancelled,
}
