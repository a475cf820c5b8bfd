//! The ways in which a message reaches a person.
//!
//! PingOne writes them in two ways: templates, quotas and country limits say
//! `SMS`, `Voice`, `Email`; gateway requests and numbers say `SMS`, `VOICE`, `EMAIL`.

use serde::{Deserialize, Serialize};

/// A delivery method. It serialises in the spelling of templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Channel {
    /// A text message.
    #[serde(rename = "SMS")]
    Sms,
    /// A call with a spoken text.
    Voice,
    /// A mail.
    Email,
    /// A WhatsApp message.
    WhatsApp,
    /// A notification of a mobile application.
    Push,
}

impl Channel {
    /// Every channel, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Sms, Self::Voice, Self::Email, Self::WhatsApp, Self::Push];

    /// As templates, contents, quotas and country limits write it.
    #[must_use]
    pub const fn template_name(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Voice => "Voice",
            Self::Email => "Email",
            Self::WhatsApp => "WhatsApp",
            Self::Push => "Push",
        }
    }

    /// As gateway requests, capabilities and provider conditions write it.
    #[must_use]
    pub const fn request_name(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Voice => "VOICE",
            Self::Email => "EMAIL",
            Self::WhatsApp => "WHATSAPP",
            Self::Push => "PUSH",
        }
    }

    /// The channel written in the way of templates.
    #[must_use]
    pub fn from_template_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.template_name() == name)
    }

    /// The channel written in the way of gateway requests.
    #[must_use]
    pub fn from_request_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.request_name() == name)
    }
}

/// For `#[serde(with = "…")]` on fields in the spelling of gateway requests.
pub mod request_spelling {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Channel;

    /// Writes [`Channel::request_name`].
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(channel: &Channel, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(channel.request_name())
    }

    /// Reads [`Channel::request_name`].
    ///
    /// # Errors
    /// For every other text.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Channel, D::Error> {
        let name = String::deserialize(deserializer)?;
        Channel::from_request_name(&name).ok_or_else(|| serde::de::Error::custom("not a delivery method"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_reads_back_in_both_spellings() {
        for channel in Channel::ALL {
            assert_eq!(Channel::from_template_name(channel.template_name()), Some(channel));
            assert_eq!(Channel::from_request_name(channel.request_name()), Some(channel));
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.template_name());
        }
    }
}
