//! What every provider offers to the chain.

use futures_util::future::BoxFuture;
use postern_core::ids::MessageId;
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::time::Timestamp;

use crate::outcome::Outcome;

/// Somebody who carries messages to people.
///
/// `deliver` makes one attempt, ends by itself within [`LONGEST_ATTEMPT`] and
/// may be dropped at any point.
pub trait Provider: Send + Sync {
    /// Its name for the history and the logs: `TWILIO`, `SMTP`, `INBOX`, or what the gateway's settings call it.
    fn name(&self) -> &str;

    /// Whether it carries this kind of message at all.
    fn serves(&self, channel: Channel) -> bool;

    /// Tries once to hand the message over.
    fn deliver<'a>(&'a self, message: &'a OutboundMessage, attempt: &'a Attempt) -> BoxFuture<'a, Outcome>;
}

/// No attempt takes longer. The worst case is a call whose token is refused, a
/// new token and the call again, each within ten seconds.
pub const LONGEST_ATTEMPT: std::time::Duration = std::time::Duration::from_secs(30);

/// The circumstances of one attempt.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// Which try of the message this is, from 1.
    pub number: u32,
    /// The same for every try of one message, so that a provider which
    /// understands it sends only once.
    pub idempotency_key: MessageId,
    /// When the message was enqueued: nothing of it was sent before.
    pub enqueued_at: Timestamp,
    /// The time of the attempt.
    pub now: Timestamp,
}
