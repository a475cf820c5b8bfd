//! The inbox as a provider: it takes every message that nobody else carries.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use postern_core::notify::{Channel, OutboundMessage};
use postern_delivery::outcome::Outcome;
use postern_delivery::provider::{Attempt, Provider};
use postern_engine::Error;
use postern_engine::environments::Environments;

use crate::Inbox;

impl Provider for Inbox {
    fn name(&self) -> &str {
        "INBOX"
    }

    fn serves(&self, _channel: Channel) -> bool {
        true
    }

    fn deliver<'a>(&'a self, message: &'a OutboundMessage, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        async move {
            let environment = Environments::default().find(self.db(), message.environment, attempt.now).await;
            match environment {
                Ok(Some(environment)) if environment.sandbox => {}
                Ok(_) => return Outcome::misconfigured("no provider is configured"),
                Err(error) => return later(&error),
            }
            match self.keep(message, attempt.now).await {
                Ok(()) => Outcome::accepted(Some(&message.id.to_string()), "kept"),
                Err(error) => later(&error),
            }
        }
        .boxed()
    }
}

fn later(error: &Error) -> Outcome {
    tracing::warn!(error = %error, "the inbox did not keep a message");
    Outcome::retry("the inbox did not keep it")
}
