//! Settings that no provider can be built of.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use postern_core::notify::{Channel, OutboundMessage};

use crate::chain::Link;
use crate::configured::Unusable;
use crate::outcome::Outcome;
use crate::provider::{Attempt, Provider};

/// Stands for settings that no provider can be built of, so that their fault shows in the history of each message.
pub(super) struct Broken {
    name: &'static str,
    channels: &'static [Channel],
    why: Unusable,
}

impl Broken {
    pub(super) fn link(name: &'static str, channels: &'static [Channel], why: Unusable) -> Link {
        Link { provider: Arc::new(Self { name, channels, why }), breaker: Arc::default() }
    }
}

impl Provider for Broken {
    fn name(&self) -> &str {
        self.name
    }

    fn serves(&self, channel: Channel) -> bool {
        self.channels.contains(&channel)
    }

    fn deliver<'a>(&'a self, _message: &'a OutboundMessage, _attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(std::future::ready(Outcome::misconfigured(self.why.words())))
    }
}
