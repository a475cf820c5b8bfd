//! Apple Push Notification service, over HTTP/2 with a provider token.

mod answer;

use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use postern_core::jose::signing::SigningKey;
use postern_core::notify::{Channel, OutboundMessage, PushMessage};
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use url::Url;

use crate::http::{Answer, Call, Outbound, OutboundError};
use crate::outcome::Outcome;
use crate::provider::{Attempt, Provider};

const API: &str = "https://api.push.apple.com/";
const SANDBOX: &str = "https://api.sandbox.push.apple.com/";
/// Apple refuses tokens that are older than an hour.
const TOKEN_LIFE: Span = Span::minutes(50);
/// Apple refuses whoever makes tokens more often than this.
const TOKEN_REST: Span = Span::minutes(20);
/// Apple's limit for a notification, in bytes.
const LARGEST: usize = 4_096;

/// A team's key with the token it made.
pub struct ApnsProvider {
    team_id: String,
    key: SigningKey,
    outbound: Outbound,
    base: Option<Url>,
    /// The token in use, and since when.
    token: Mutex<Option<(Secret, Timestamp)>>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
}

impl ApnsProvider {
    /// A provider of this team. `base` takes the place of both of Apple's addresses.
    #[must_use]
    pub fn new(team_id: String, key: SigningKey, outbound: Outbound, base: Option<Url>) -> Self {
        Self { team_id, key, outbound, base, token: Mutex::default() }
    }

    async fn send(&self, message: &OutboundMessage, now: Timestamp) -> Outcome {
        let Some(push) = &message.push else {
            return Outcome::reject("the message names no device");
        };
        let body = body(message, push).to_string();
        if body.len() > LARGEST {
            return Outcome::reject("the notification is too large");
        }
        let answer = match self.once(message, push, &body, now).await {
            Ok(answer) if answer::refuses_token(&answer) && self.renew(now) => {
                self.once(message, push, &body, now).await
            }
            answer => answer,
        };
        match answer {
            Ok(answer) => answer::outcome(&answer, message.id),
            Err(outcome) => outcome,
        }
    }

    async fn once(
        &self,
        message: &OutboundMessage,
        push: &PushMessage,
        body: &str,
        now: Timestamp,
    ) -> Result<Answer, Outcome> {
        let token = self.token(now)?;
        let call = self.call(message, push, body, &token).map_err(OutboundError::outcome)?;
        self.outbound.send(call, now).await.map_err(OutboundError::outcome)
    }

    fn call(
        &self,
        message: &OutboundMessage,
        push: &PushMessage,
        body: &str,
        token: &Secret,
    ) -> Result<Call, OutboundError> {
        let authorization = Secret::new(format!("bearer {}", token.expose()));
        Call::post(self.address(push)?)
            .http2()
            .body(body)
            .header("content-type", "application/json")?
            .secret_header("authorization", authorization.expose())?
            .header("apns-topic", &push.topic)?
            .header("apns-push-type", if push.silent { "background" } else { "alert" })?
            .header("apns-priority", if push.silent { "5" } else { "10" })?
            .header("apns-id", &message.id.to_string())?
            .header("apns-collapse-id", &push.request.to_string())?
            .header("apns-expiration", &message.expires_at.seconds().to_string())
    }

    /// The token in use, or a new one when it is about to grow too old.
    fn token(&self, now: Timestamp) -> Result<Secret, Outcome> {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, since)) = kept.as_ref()
            && now.since(*since) < TOKEN_LIFE
        {
            return Ok(token.clone());
        }
        let claims = Claims { iss: &self.team_id, iat: now.seconds() };
        let signed =
            self.key.sign(None, &claims).map_err(|_| Outcome::misconfigured("the key cannot sign"))?;
        let token = Secret::new(signed);
        *kept = Some((token.clone(), now));
        Ok(token)
    }

    /// Gives the token in use up, unless it is so new that another would be refused for coming too soon.
    fn renew(&self, now: Timestamp) -> bool {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let old = kept.as_ref().is_some_and(|(_, since)| now.since(*since) >= TOKEN_REST);
        if old {
            *kept = None;
        }
        old
    }

    fn address(&self, push: &PushMessage) -> Result<Url, OutboundError> {
        let own = if push.sandbox { SANDBOX } else { API };
        let mut url = match &self.base {
            Some(base) => base.clone(),
            None => Url::parse(own).map_err(|_| OutboundError::Malformed)?,
        };
        url.path_segments_mut().map_err(|()| OutboundError::Malformed)?.pop_if_empty().extend([
            "3",
            "device",
            push.token.expose(),
        ]);
        Ok(url)
    }
}

fn body(message: &OutboundMessage, push: &PushMessage) -> Value {
    let title = message.subject.as_deref().unwrap_or_default();
    let aps = match push.silent {
        true => json!({ "content-available": 1 }),
        false => json!({
            "alert": { "title": title, "body": message.text },
            "sound": "default",
            "category": push.category.as_str(),
        }),
    };
    let beside = push.data(message.environment).into_iter();
    let mut members: Map<String, Value> =
        beside.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    members.insert("aps".to_owned(), aps);
    Value::Object(members)
}

impl Provider for ApnsProvider {
    fn name(&self) -> &str {
        "APNS"
    }

    fn serves(&self, channel: Channel) -> bool {
        channel == Channel::Push
    }

    fn deliver<'a>(&'a self, message: &'a OutboundMessage, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(self.send(message, attempt.now))
    }
}
