//! Phone delivery settings: the gateways that carry text messages and calls.
//!
//! Owns the record with its providers. Sending is for the delivery crate;
//! secrets leave the body and are sealed by the engine.

mod body;
mod numbers;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::delivery_authentication::DeliveryAuthentication;
use super::delivery_request::{DeliveryRequest, RequestChannel};
use crate::entity::Entity;
use crate::ids::PhoneDeliveryId;
use crate::schema::words;
use crate::secret::Sealed;

words! {
    /// Which gateway.
    pub enum PhoneProvider {
        Twilio = "CUSTOM_TWILIO",
        TwilioMessagingService = "CUSTOM_TWILIO_MESSAGING_SERVICE",
        Custom = "CUSTOM_PROVIDER",
    }
}

words! {
    /// What kind of number.
    pub enum NumberType {
        PhoneNumber = "PHONE_NUMBER",
        TollFree = "TOLL_FREE",
        ShortCode = "SHORT_CODE",
    }
}

/// Settings of one gateway.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhoneDelivery {
    /// Which gateway; fixed.
    pub provider: PhoneProvider,
    /// Shown to administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it goes before the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<bool>,
    /// The Twilio account; fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Messaging services of the Twilio account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messaging_services: Option<Vec<MessagingService>>,
    /// How requests to a custom gateway are authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication: Option<DeliveryAuthentication>,
    /// Requests to a custom gateway, one per kind of message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<Vec<DeliveryRequest>>,
    /// Numbers to send from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Vec<SenderNumber>>,
    /// Its secrets, sealed. Never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
}

/// A messaging service of a Twilio account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessagingService {
    /// Its id at Twilio.
    pub messaging_service_id: String,
    /// Shown to administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether messages go through it; at most one.
    #[serde(default)]
    pub selected: bool,
}

/// A number to send from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SenderNumber {
    /// The number.
    pub number: String,
    /// What kind of number.
    #[serde(rename = "type")]
    pub kind: NumberType,
    /// Whether it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selected: Option<bool>,
    /// Whether the account still has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<bool>,
    /// `SMS` and `VOICE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Vec<RequestChannel>>,
    /// Where it may send to, as country codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_countries: Option<Vec<String>>,
}

impl SenderNumber {
    /// Whether the number is in use for this kind of message.
    #[must_use]
    pub fn serves(&self, channel: RequestChannel) -> bool {
        let capable = self.capabilities.as_ref().is_none_or(|list| list.contains(&channel));
        self.selected == Some(true) && self.available != Some(false) && capable
    }
}

impl Entity for PhoneDelivery {
    type Id = PhoneDeliveryId;
    const KIND: &'static str = "PHONE_DELIVERY_SETTINGS";
}

impl PhoneDelivery {
    /// The request that hands over this kind of message, of a custom gateway.
    #[must_use]
    pub fn request(&self, channel: RequestChannel) -> Option<&DeliveryRequest> {
        self.requests.iter().flatten().find(|request| request.delivery_method == channel)
    }

    /// The messaging service in use.
    #[must_use]
    pub fn selected_service(&self) -> Option<&MessagingService> {
        self.messaging_services.iter().flatten().find(|service| service.selected)
    }
}
