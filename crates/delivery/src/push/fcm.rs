//! Firebase Cloud Messaging, HTTP v1.
//!
//! Android gets a data message of high priority, which wakes the application; the same message carries an alert for
//! applications on Apple's devices that register with Firebase.

mod answer;

use futures_util::future::BoxFuture;
use postern_core::directory::push_credentials::ServiceAccount;
use postern_core::notify::{Channel, OutboundMessage, PushMessage};
use postern_core::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use url::Url;

use super::{data, life};
use crate::http::{Call, Outbound, OutboundError};
use crate::outcome::Outcome;
use crate::provider::{Attempt, Provider};
use crate::token::{self, Tokens};

const API: &str = "https://fcm.googleapis.com/";
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The longest life that Google accepts, in seconds.
const ASSERTION_LIFE: i64 = 3_600;

/// A service account with the token it was given.
pub struct FcmProvider {
    account: ServiceAccount,
    outbound: Outbound,
    base: Option<Url>,
    tokens: Tokens,
}

/// What the account says of itself to be given a token.
#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    scope: &'static str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

impl FcmProvider {
    /// A provider of this account. `base` is another address of the API than Google's own.
    #[must_use]
    pub fn new(account: ServiceAccount, outbound: Outbound, base: Option<Url>) -> Self {
        Self { account, outbound, base, tokens: Tokens::default() }
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
            || self.token_request(now),
            || Ok(Call::post(self.address()?).json(&body)),
            answer::refuses_token,
        );
        match sent.await {
            Ok(answer) => answer::outcome(&answer),
            Err(outcome) => outcome,
        }
    }

    fn token_request(&self, now: Timestamp) -> Result<Call, Outcome> {
        let ServiceAccount { client_email, token_uri, key, .. } = &self.account;
        let iat = now.seconds();
        let claims =
            Assertion { iss: client_email, scope: SCOPE, aud: token_uri, iat, exp: iat + ASSERTION_LIFE };
        let assertion = key
            .sign(Some("JWT"), &claims)
            .map_err(|_| Outcome::misconfigured("the key of the account cannot sign"))?;
        let url = Url::parse(token_uri).map_err(|_| OutboundError::Malformed.outcome())?;
        Ok(Call::post(url).form(&[("grant_type", GRANT), ("assertion", &assertion)]))
    }

    fn address(&self) -> Result<Url, OutboundError> {
        let mut url = match &self.base {
            Some(base) => base.clone(),
            None => Url::parse(API).map_err(|_| OutboundError::Malformed)?,
        };
        url.path_segments_mut().map_err(|()| OutboundError::Malformed)?.pop_if_empty().extend([
            "v1",
            "projects",
            &self.account.project_id,
            "messages:send",
        ]);
        Ok(url)
    }
}

fn body(message: &OutboundMessage, push: &PushMessage, now: Timestamp) -> Value {
    let members = data(message, push);
    let (request, title) = (push.request.to_string(), message.subject.as_deref().unwrap_or_default());
    let aps = match push.silent {
        true => json!({ "content-available": 1 }),
        false => json!({
            "alert": { "title": title, "body": message.text },
            "sound": "default",
            "category": push.category.as_str(),
        }),
    };
    json!({ "message": {
        "token": push.token.expose(),
        "data": members,
        "android": { "priority": "HIGH", "ttl": format!("{}s", life(message, now)), "collapse_key": request },
        "apns": {
            "headers": {
                "apns-push-type": if push.silent { "background" } else { "alert" },
                "apns-priority": if push.silent { "5" } else { "10" },
                "apns-expiration": message.expires_at.seconds().to_string(),
                "apns-collapse-id": request,
            },
            "payload": { "aps": aps },
        },
    } })
}

impl Provider for FcmProvider {
    fn name(&self) -> &str {
        "FCM"
    }

    fn serves(&self, channel: Channel) -> bool {
        channel == Channel::Push
    }

    fn deliver<'a>(&'a self, message: &'a OutboundMessage, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(self.send(message, attempt.now))
    }
}
