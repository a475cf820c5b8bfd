//! A message on its way: what the outbox keeps sealed and a provider is given.
//!
//! It holds the passcode and an address, so it exists in clear only in memory
//! and inside a sealed payload, and its `Debug` form tells neither.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::channel::Channel;
use super::content::{Mailbox, WhatsAppTemplate};
use super::push::PushMessage;
use super::voice;
use crate::ids::{EnvironmentId, MessageId};
use crate::secret::Secret;
use crate::time::Timestamp;

/// A rendered message with all a provider may need.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboundMessage {
    /// Names the message to providers, as key against sending twice.
    pub id: MessageId,
    /// The tenant that sends.
    pub environment: EnvironmentId,
    /// The way it takes.
    pub channel: Channel,
    /// Number in E.164 form or mail address.
    pub to: String,
    /// What is dialled after a call is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// Subject of a mail, title of a push notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The text. Of a call it holds the markup of [`super::voice`].
    pub text: String,
    /// Whether the text is HTML.
    #[serde(default)]
    pub html: bool,
    /// Sender name of a short message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Voice of a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// Language of the text.
    pub locale: String,
    /// The template it came from.
    pub template: String,
    /// The passcode alone, for gateways that want it apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp: Option<SealedOnly>,
    /// Values by lower-case name, such as `user.username`, for gateways that want them apart.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// ISO 3166 code of the country of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// From then on it is worthless and is not sent.
    pub expires_at: Timestamp,
    /// Sender of a mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Mailbox>,
    /// Where answers to a mail go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Mailbox>,
    /// The approved template that a WhatsApp message is made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whats_app: Option<WhatsAppTemplate>,
    /// What a push needs beside its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<Box<PushMessage>>,
}

impl OutboundMessage {
    /// The text as a person reads it: that of a call without its markup.
    #[must_use]
    pub fn readable(&self) -> Cow<'_, str> {
        match self.channel {
            Channel::Voice => Cow::Owned(voice::plain(&self.text)),
            _ => Cow::Borrowed(&self.text),
        }
    }
}

impl std::fmt::Debug for OutboundMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboundMessage")
            .field("id", &self.id)
            .field("environment", &self.environment)
            .field("channel", &self.channel)
            .field("template", &self.template)
            .field("locale", &self.locale)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A secret that serialises in clear. Only for payloads that are sealed as a whole.
#[derive(Debug, Clone)]
pub struct SealedOnly(Secret);

impl SealedOnly {
    /// Takes the value in.
    #[must_use]
    pub fn new(clear: impl Into<String>) -> Self {
        Self(Secret::new(clear.into()))
    }

    /// The clear text. Each call is a place to review.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl Serialize for SealedOnly {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for SealedOnly {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn message() -> OutboundMessage {
        let random = Random::seeded(5);
        OutboundMessage {
            id: MessageId::new(&random),
            environment: EnvironmentId::new(&random),
            channel: Channel::Sms,
            to: "+15125550101".to_owned(),
            extension: None,
            subject: None,
            text: "987654 is your passcode".to_owned(),
            html: false,
            sender: None,
            voice: None,
            locale: "en".to_owned(),
            template: "transaction".to_owned(),
            otp: Some(SealedOnly::new("987654")),
            variables: BTreeMap::from([("user.username".to_owned(), "pat".to_owned())]),
            country: Some("US".to_owned()),
            expires_at: Timestamp::from_seconds(1_800_000_000),
            from: None,
            reply_to: None,
            whats_app: None,
            push: None,
        }
    }

    #[test]
    fn a_message_survives_its_payload() {
        let message = message();
        let payload = serde_json::to_string(&message).unwrap();
        let read: OutboundMessage = serde_json::from_str(&payload).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), payload);
        assert_eq!(read.otp.unwrap().expose(), "987654");
        assert_eq!(read.expires_at, message.expires_at);
    }

    #[test]
    fn a_call_is_read_without_its_markup() {
        let text = "Code <sayCharValue>12</sayCharValue><pause1sec>".to_owned();
        let call = OutboundMessage { channel: Channel::Voice, text: text.clone(), ..message() };
        assert_eq!(call.readable(), "Code 1, 2");
        assert_eq!(OutboundMessage { text: text.clone(), ..message() }.readable(), text);
    }

    #[test]
    fn the_debug_form_tells_no_secret() {
        let shown = format!("{:?}", message());
        assert!(!shown.contains("987654") && !shown.contains("5550101") && !shown.contains("pat"), "{shown}");
        assert!(!format!("{:?}", SealedOnly::new("987654")).contains("987654"));
    }
}
