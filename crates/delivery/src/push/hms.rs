//! Huawei's Push Kit: a data message of high urgency, which wakes the application.

mod answer;

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use postern_core::notify::{Channel, OutboundMessage, PushMessage};
use postern_core::secret::Secret;
use postern_core::time::Timestamp;
use serde_json::{Value, json};
use url::Url;

use super::{data, life};
use crate::http::{Call, Outbound, OutboundError};
use crate::outcome::Outcome;
use crate::provider::{Attempt, Provider};
use crate::token::{self, Tokens};

const API: &str = "https://push-api.cloud.huawei.com/";
const TOKENS: &str = "https://oauth-login.cloud.huawei.com/oauth2/v3/token";

/// A client with the token it was given.
pub struct HmsProvider {
    client_id: String,
    client_secret: Secret,
    outbound: Outbound,
    base: Option<Url>,
    token_url: Option<Url>,
    tokens: Tokens,
    /// Whether some device was reached with these credentials, so that a refused token speaks of its device.
    proven: AtomicBool,
}

impl HmsProvider {
    /// A provider of this client. `base` and `token_url` are other addresses than Huawei's own.
    #[must_use]
    pub fn new(
        client_id: String,
        client_secret: Secret,
        outbound: Outbound,
        base: Option<Url>,
        token_url: Option<Url>,
    ) -> Self {
        let (tokens, proven) = (Tokens::default(), AtomicBool::new(false));
        Self { client_id, client_secret, outbound, base, token_url, tokens, proven }
    }

    async fn send(&self, message: &OutboundMessage, now: Timestamp) -> Outcome {
        let Some(push) = &message.push else {
            return Outcome::reject("the message names no device");
        };
        let body = body(message, push, now);
        let sent = token::send(
            &self.tokens,
            &self.outbound,
            now,
            || self.token_request().map_err(OutboundError::outcome),
            || Ok(Call::post(self.address()?).json(&body)),
            answer::refuses_token,
        );
        let outcome = match sent.await {
            Ok(answer) => answer::outcome(&answer, self.proven.load(Ordering::Relaxed)),
            Err(outcome) => outcome,
        };
        if matches!(outcome, Outcome::Accepted { .. }) {
            self.proven.store(true, Ordering::Relaxed);
        }
        outcome
    }

    fn token_request(&self) -> Result<Call, OutboundError> {
        let url = match &self.token_url {
            Some(url) => url.clone(),
            None => Url::parse(TOKENS).map_err(|_| OutboundError::Malformed)?,
        };
        Ok(Call::post(url).form(&[
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", self.client_secret.expose()),
        ]))
    }

    fn address(&self) -> Result<Url, OutboundError> {
        let mut url = match &self.base {
            Some(base) => base.clone(),
            None => Url::parse(API).map_err(|_| OutboundError::Malformed)?,
        };
        url.path_segments_mut().map_err(|()| OutboundError::Malformed)?.pop_if_empty().extend([
            "v1",
            &self.client_id,
            "messages:send",
        ]);
        Ok(url)
    }
}

fn body(message: &OutboundMessage, push: &PushMessage, now: Timestamp) -> Value {
    json!({
        "validate_only": false,
        "message": {
            "data": Value::Object(data(message, push)).to_string(),
            "android": { "urgency": "HIGH", "ttl": format!("{}s", life(message, now)) },
            "token": [push.token.expose()],
        },
    })
}

impl Provider for HmsProvider {
    fn name(&self) -> &str {
        "HMS"
    }

    fn serves(&self, channel: Channel) -> bool {
        channel == Channel::Push
    }

    fn deliver<'a>(&'a self, message: &'a OutboundMessage, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(self.send(message, attempt.now))
    }
}
