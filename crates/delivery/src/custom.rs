//! Any gateway with an HTTP interface, described by an administrator.
//!
//! Owns turning a description and a message into a request, knowing the
//! gateway by the configured credentials, and reading the status of the
//! answer. Every request carries the message's id as `Idempotency-Key`, so a
//! gateway that understands it sends a repeated message once.

mod answer;
mod request;
mod token;

use futures_util::future::BoxFuture;
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::secret::Secret;
use postern_core::time::Timestamp;

use crate::http::{Call, Outbound, OutboundError};
use crate::outcome::Outcome;
use crate::provider::{Attempt, Provider};
use crate::settings::{Authentication, CustomRequest, CustomSettings};
use crate::token::Tokens;

/// A gateway with its settings and the token it gave.
pub struct CustomProvider {
    settings: CustomSettings,
    outbound: Outbound,
    tokens: Tokens,
}

impl CustomProvider {
    /// A provider from its settings; nothing is checked yet.
    #[must_use]
    pub fn new(settings: CustomSettings, outbound: Outbound) -> Self {
        Self { settings, outbound, tokens: Tokens::default() }
    }

    fn request(&self, channel: Channel) -> Option<&CustomRequest> {
        self.settings.requests.iter().find(|request| request.channel == channel)
    }

    async fn send(&self, message: &OutboundMessage, attempt: &Attempt) -> Outcome {
        let Some(request) = self.request(message.channel) else {
            return Outcome::next("the gateway does not carry this kind of message");
        };
        if let Ok(outcome) = self.once(request, message, attempt).await {
            return outcome;
        }
        // The kept token was withdrawn before its time.
        match self.once(request, message, attempt).await {
            Ok(outcome) => outcome,
            Err(TokenRefused) => Outcome::misconfigured("the gateway refused the token"),
        }
    }

    async fn once(
        &self,
        request: &CustomRequest,
        message: &OutboundMessage,
        attempt: &Attempt,
    ) -> Result<Outcome, TokenRefused> {
        let call = match request::build(&self.settings, request, message, attempt) {
            Ok(call) => call,
            Err(outcome) => return Ok(outcome),
        };
        let (call, kept) = match self.authenticated(call, attempt.now).await {
            Ok(authenticated) => authenticated,
            Err(outcome) => return Ok(outcome),
        };
        match self.outbound.send(call, attempt.now).await {
            Ok(answer) => match kept {
                Some(token) if answer.status == 401 => {
                    self.tokens.forget(&token).await;
                    Err(TokenRefused)
                }
                _ => Ok(answer::outcome(&answer)),
            },
            Err(error) => Ok(error.outcome()),
        }
    }

    /// The call with credentials, and the token among them when it was kept from before.
    async fn authenticated(&self, call: Call, now: Timestamp) -> Result<(Call, Option<Secret>), Outcome> {
        let call = match &self.settings.authentication {
            Authentication::Basic { username, password } => Ok(call.basic(username, password)),
            Authentication::Bearer { token } => call.bearer(token),
            Authentication::Header { name, value } => call.secret_header(name, value.expose()),
            Authentication::OAuth2 { token_url, grant, scopes } => {
                let request = || token::request(token_url, grant, scopes).map_err(OutboundError::outcome);
                let found = self.tokens.get(&self.outbound, now, request).await?;
                let call = call.bearer(&found.token).map_err(OutboundError::outcome)?;
                return Ok((call, found.kept.then_some(found.token)));
            }
        };
        Ok((call.map_err(OutboundError::outcome)?, None))
    }
}

/// The gateway refused a token that was kept from an earlier message.
struct TokenRefused;

impl Provider for CustomProvider {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn serves(&self, channel: Channel) -> bool {
        self.request(channel).is_some()
    }

    fn deliver<'a>(&'a self, message: &'a OutboundMessage, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(self.send(message, attempt))
    }
}
