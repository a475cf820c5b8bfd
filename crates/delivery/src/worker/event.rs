//! What the worker tells whoever watches it.

use postern_core::ids::{EnvironmentId, MessageId};
use postern_core::notify::Channel;
use postern_core::time::{Span, Timestamp};

use crate::chain::Try;

/// What came of one round of a message. Holds neither recipient nor content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryEvent {
    /// The tenant.
    pub environment: EnvironmentId,
    /// The message.
    pub message: MessageId,
    /// The way it takes, if it is one of those we know.
    pub channel: Option<Channel>,
    /// Every attempt of this round, in order.
    pub tries: Vec<Try>,
    /// Where the message stands now.
    pub standing: Standing,
    /// How long ago the message was enqueued.
    pub age: Span,
}

/// Where a message stands after a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// A provider has it.
    Sent,
    /// It is given up.
    Failed {
        /// Why, in words of our own.
        reason: String,
    },
    /// It is tried again.
    Again {
        /// When.
        due_at: Timestamp,
    },
    /// The round took longer than the lease, and another worker has it now; it may arrive twice.
    LeaseLost,
}
