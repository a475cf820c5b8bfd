//! Messages for tests, inside the crate and outside.

use std::collections::BTreeMap;

use postern_core::ids::{EnvironmentId, MessageId};
use postern_core::notify::message::SealedOnly;
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::random::Random;
use postern_core::time::Timestamp;

/// The code every message of the tests carries.
pub(crate) const CODE: &str = "482913";
/// The number every text message and call of the tests goes to.
pub(crate) const NUMBER: &str = "+15125550101";
/// The moment of the tests: five minutes before every message expires.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// A message with a code on this channel.
pub(crate) fn message(channel: Channel) -> OutboundMessage {
    let random = Random::seeded(11);
    let mail = channel == Channel::Email;
    OutboundMessage {
        id: MessageId::new(&random),
        environment: EnvironmentId::new(&random),
        channel,
        to: if mail { "pat@example.com" } else { NUMBER }.to_owned(),
        extension: None,
        subject: mail.then(|| "Your code".to_owned()),
        text: format!("Hi \"Pat\" & co: {CODE}"),
        html: false,
        sender: None,
        voice: None,
        locale: "en".to_owned(),
        template: "strong_authentication".to_owned(),
        otp: Some(SealedOnly::new(CODE)),
        variables: BTreeMap::from([("user.name.given".to_owned(), "Pat <Dial>&+1".to_owned())]),
        country: (!mail).then(|| "US".to_owned()),
        expires_at: Timestamp::from_seconds(NOW.seconds() + 300),
        from: None,
        reply_to: None,
        whats_app: None,
        push: None,
    }
}
