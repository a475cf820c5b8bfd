//! What a push message carries beside its words.
//!
//! A push only wakes the application. It names the request and holds title and
//! body, which are [`OutboundMessage::subject`] and [`OutboundMessage::text`];
//! what is to be approved, and every number to match, the application fetches
//! itself with a signed request (device protocol). So a push that is read by
//! others, repeated or lost gives nobody anything.
//!
//! [`OutboundMessage::subject`]: super::OutboundMessage::subject
//! [`OutboundMessage::text`]: super::OutboundMessage::text

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::content::PushCategory;
use super::message::SealedOnly;
use crate::ids::{ApplicationId, DeviceId};
use crate::schema::words;

words! {
    /// Whose network carries a push, in the spelling of devices.
    pub enum PushProvider {
        Apns = "APNS",
        Fcm = "FCM",
        Hms = "HMS",
    }
}

/// The part of a message that only push providers read. It holds the device's token, so it has no
/// [`Debug`](std::fmt::Debug) form of its own.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushMessage {
    /// Whose push credentials carry it.
    pub application: ApplicationId,
    /// The device it goes to; what a provider says of its token concerns this device.
    pub device: DeviceId,
    /// Whose network.
    pub provider: PushProvider,
    /// The device's address there.
    pub token: SealedOnly,
    /// The application's name there: bundle id at Apple, package name at Google, application id at Huawei.
    pub topic: String,
    /// Apple's development network.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
    /// The push request. A later push with the same id stands in the place of the earlier one.
    pub request: Uuid,
    /// How the notification may be answered.
    pub category: PushCategory,
    /// Whether it wakes the application without a word to the user.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
}

impl PushMessage {
    /// The members of the data part, the same at every provider.
    #[must_use]
    pub fn data(&self, environment: crate::ids::EnvironmentId) -> Vec<(&'static str, String)> {
        let mut data = vec![
            ("environment", environment.to_string()),
            ("device", self.device.to_string()),
            ("request", self.request.to_string()),
            ("category", self.category.as_str().to_owned()),
        ];
        if self.silent {
            data.push(("silent", "true".to_owned()));
        }
        data
    }
}
