//! The sealed form of a message while it waits in the outbox.
//!
//! It is bound to its environment and id, so that a row cannot be given the
//! content of another. A failure to read says nothing of the content.

use super::message::OutboundMessage;
use crate::crypto::keyring::{KeyRing, OpenError, SealContext};
use crate::ids::{EnvironmentId, MessageId};
use crate::random::Random;
use crate::secret::{Sealed, Secret};

/// A payload could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// It could not be opened.
    #[error(transparent)]
    Sealed(#[from] OpenError),
    /// It was opened and is not a message.
    #[error("the payload is not a message")]
    Undecodable,
}

/// Seals a message for its own place in the outbox.
#[must_use]
#[expect(clippy::expect_used, reason = "a message has only texts, numbers and maps with text keys")]
pub fn seal(keys: &KeyRing, random: &Random, message: &OutboundMessage) -> Sealed {
    let clear = Secret::new(serde_json::to_vec(message).expect("a message is JSON"));
    let record = record(message.id);
    keys.seal(random, &context(message.environment, &record), clear.expose())
}

/// Opens the payload of a message in the outbox.
///
/// # Errors
/// [`PayloadError`] when the ring cannot open it, or it is not a message.
pub fn open(
    keys: &KeyRing,
    environment: EnvironmentId,
    id: MessageId,
    payload: &str,
) -> Result<OutboundMessage, PayloadError> {
    let record = record(id);
    let clear = keys.open(&context(environment, &record), &Sealed(payload.to_owned()))?;
    // The decoder's error may quote the content.
    serde_json::from_slice(clear.expose()).map_err(|_| PayloadError::Undecodable)
}

fn record(id: MessageId) -> String {
    format!("outbox/{id}")
}

fn context(environment: EnvironmentId, record: &str) -> SealContext<'_> {
    SealContext { environment, record, field: "payload" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::Channel;
    use crate::time::Timestamp;

    fn message(random: &Random) -> OutboundMessage {
        OutboundMessage {
            id: MessageId::new(random),
            environment: EnvironmentId::new(random),
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
            otp: None,
            variables: std::collections::BTreeMap::new(),
            country: None,
            expires_at: Timestamp::from_seconds(1_800_000_000),
            from: None,
            reply_to: None,
            whats_app: None,
            push: None,
        }
    }

    #[test]
    fn a_payload_opens_only_in_its_own_place() {
        let random = Random::seeded(8);
        let keys = KeyRing::generate(&random);
        let message = message(&random);
        let sealed = seal(&keys, &random, &message);
        assert!(!sealed.0.contains("987654"));
        assert_eq!(open(&keys, message.environment, message.id, &sealed.0).unwrap().text, message.text);
        let elsewhere = open(&keys, message.environment, MessageId::new(&random), &sealed.0);
        assert_eq!(elsewhere.unwrap_err(), PayloadError::Sealed(OpenError::Refused));
        let abroad = open(&keys, EnvironmentId::new(&random), message.id, &sealed.0);
        assert_eq!(abroad.unwrap_err(), PayloadError::Sealed(OpenError::Refused));
        let other_ring = KeyRing::generate(&random);
        let unknown = open(&other_ring, message.environment, message.id, &sealed.0);
        assert_eq!(unknown.unwrap_err(), PayloadError::Sealed(OpenError::UnknownKey));
    }

    #[test]
    fn what_is_no_message_is_told_without_quoting_it() {
        let random = Random::seeded(9);
        let keys = KeyRing::generate(&random);
        let (environment, id) = (EnvironmentId::new(&random), MessageId::new(&random));
        let record = record(id);
        let sealed = keys.seal(&random, &context(environment, &record), br#"{"id":"987654"}"#);
        let error = open(&keys, environment, id, &sealed.0).unwrap_err();
        assert_eq!(error, PayloadError::Undecodable);
        assert!(!error.to_string().contains("987654"));
    }
}
