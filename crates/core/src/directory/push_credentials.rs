//! Push credentials: with what a native application's notifications are sent (MFA contract 5.2).
//!
//! The secrets are sealed apart from the record and come back as a typed
//! [`PushAccount`]; a key that cannot sign is refused when it is sent, not when
//! the first notification fails.

mod account;
mod body;

use serde::{Deserialize, Serialize};

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{ApplicationId, PushCredentialsId};
use crate::notify::PushProvider;
use crate::schema::words;
use crate::secret::Sealed;

pub use account::{PushAccount, ServiceAccount};

words! {
    /// Whose network the credentials are for. `FCM`, the form of former times, is refused.
    pub enum PushCredentialsType {
        Apns = "APNS",
        FcmHttpV1 = "FCM_HTTP_V1",
        Hms = "HMS",
    }
}

impl PushCredentialsType {
    /// Those that carry the pushes of this provider.
    #[must_use]
    pub const fn of(provider: PushProvider) -> Self {
        match provider {
            PushProvider::Apns => Self::Apns,
            PushProvider::Fcm => Self::FcmHttpV1,
            PushProvider::Hms => Self::Hms,
        }
    }
}

/// The push credentials of an application for one network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushCredentials {
    /// The application; set by the server.
    pub application: Reference<ApplicationId>,
    /// Apple's team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_id: Option<String>,
    /// Huawei's client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Whose network; one record of each for an application.
    #[serde(rename = "type")]
    pub kind: PushCredentialsType,
    /// Its secrets, sealed. Never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
}

impl Entity for PushCredentials {
    type Id = PushCredentialsId;
    const KIND: &'static str = "PUSH_CREDENTIALS";
}

#[cfg(test)]
mod tests;
