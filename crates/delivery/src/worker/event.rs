//! What the worker tells whoever watches it.

use postern_core::crypto::token_digest;
use postern_core::ids::{DeviceId, EnvironmentId, MessageId};
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::time::{Span, Timestamp};

use crate::chain::Try;
use crate::outcome::Outcome;

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
    /// The device that this round showed to be gone.
    pub gone: Option<GoneDevice>,
    /// How long ago the message was enqueued.
    pub age: Span,
}

/// A device whose application was removed, as its network says: it is to be unpaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoneDevice {
    /// The device.
    pub device: DeviceId,
    /// SHA-256 of the token that the network refused. A device that has another token by now is not gone.
    pub token_digest: [u8; 32],
}

impl GoneDevice {
    /// The device of the message, if one of these attempts showed it to be gone.
    pub(super) fn of(message: &OutboundMessage, tries: &[Try]) -> Option<Self> {
        let push = message.push.as_ref()?;
        let gone = tries.iter().any(|made| matches!(made.outcome, Outcome::Gone { .. }));
        gone.then(|| Self { device: push.device, token_digest: token_digest(push.token.expose()) })
    }
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
