//! The access token of a gateway: fetched when needed, kept until it expires.
//!
//! Messages that come together may each fetch a token; none waits for another,
//! so a slow token endpoint holds nobody back but its own callers.

use std::sync::{Mutex, PoisonError};

use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use serde::Deserialize;
use url::Url;

use crate::http::{Answer, Call, Outbound, OutboundError};
use crate::outcome::{Outcome, Reason};
use crate::settings::OAuth2Grant;

/// A token is not used in its last seconds, so that it does not expire on the way.
const MARGIN: Span = Span::seconds(30);
/// The life of a token whose server does not tell it.
const DEFAULT_LIFE: i64 = 60;
/// A token is fetched anew after a day, whatever its server says.
const LONGEST_LIFE: i64 = 86_400;

/// The token kept for one configured gateway.
#[derive(Default)]
pub(super) struct Tokens {
    kept: Mutex<Option<(Secret, Timestamp)>>,
}

/// A token to use.
pub(super) struct Found {
    pub(super) token: Secret,
    /// Whether it was fetched for an earlier message.
    pub(super) kept: bool,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<i64>,
}

impl Tokens {
    /// The kept token, or a new one.
    pub(super) async fn get(
        &self,
        outbound: &Outbound,
        token_url: &str,
        grant: &OAuth2Grant,
        scopes: &[String],
        now: Timestamp,
    ) -> Result<Found, Outcome> {
        if let Some(token) = self.valid(now) {
            return Ok(Found { token, kept: true });
        }
        let call = request(token_url, grant, scopes).map_err(OutboundError::outcome)?;
        let answer = outbound.send(call, now).await.map_err(OutboundError::outcome)?;
        let (token, life) = read(&answer)?;
        self.keep(token.clone(), now.plus(life));
        Ok(Found { token, kept: false })
    }

    /// Drops the kept token.
    pub(super) fn forget(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn valid(&self, now: Timestamp) -> Option<Secret> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(_, until)| now < *until).map(|(token, _)| token.clone())
    }

    fn keep(&self, token: Secret, until: Timestamp) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((token, until));
    }
}

fn request(token_url: &str, grant: &OAuth2Grant, scopes: &[String]) -> Result<Call, OutboundError> {
    let call = Call::post(Url::parse(token_url).map_err(|_| OutboundError::Malformed)?);
    let call = call.header("accept", "application/json")?;
    let scope = scopes.join(" ");
    let mut form = match grant {
        OAuth2Grant::ClientCredentials { .. } => vec![("grant_type", "client_credentials")],
        OAuth2Grant::JwtBearer { assertion } => vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion.expose().as_str()),
        ],
    };
    if !scope.is_empty() {
        form.push(("scope", &scope));
    }
    let call = call.form(&form);
    Ok(match grant {
        // RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
        OAuth2Grant::ClientCredentials { client_id, client_secret } => {
            call.basic(&form_encoded(client_id), &Secret::new(form_encoded(client_secret.expose())))
        }
        OAuth2Grant::JwtBearer { .. } => call,
    })
}

fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn read(answer: &Answer) -> Result<(Secret, Span), Outcome> {
    match answer.status {
        200..=299 => {}
        408 | 425 | 429 | 500.. => {
            let reason = Reason::numbered("token endpoint: HTTP status", u32::from(answer.status), "not now");
            return Err(Outcome::Retry { reason, after: answer.retry_after });
        }
        status => {
            let reason = Reason::numbered("token endpoint: HTTP status", u32::from(status), "no token");
            return Err(Outcome::Misconfigured { reason });
        }
    }
    let token: TokenAnswer =
        answer.json().ok_or(Outcome::misconfigured("the token endpoint gave no token"))?;
    let seconds = token.expires_in.unwrap_or(DEFAULT_LIFE).clamp(0, LONGEST_LIFE);
    let life = Span::seconds(seconds.saturating_sub(MARGIN.as_seconds()).max(0));
    Ok((Secret::new(token.access_token), life))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, retry_after: None, body: body.into() }
    }

    #[test]
    fn a_token_lives_shortly_less_than_its_server_says() {
        for (body, expected) in [
            (r#"{"access_token":"t","expires_in":3600}"#, 3570),
            (r#"{"access_token":"t"}"#, 30),
            (r#"{"access_token":"t","expires_in":10}"#, 0),
            (r#"{"access_token":"t","expires_in":-1}"#, 0),
            (r#"{"access_token":"t","expires_in":9999999}"#, 86_370),
        ] {
            let (token, life) = read(&answer(200, body)).unwrap();
            assert_eq!((token.expose().as_str(), life.as_seconds()), ("t", expected), "{body}");
        }
    }

    #[test]
    fn every_refusal_of_a_token_has_its_outcome() {
        for (status, body, expected) in [
            (200, "{}", "misconfigured"),
            (200, "not json", "misconfigured"),
            (302, "", "misconfigured"),
            (400, r#"{"error":"invalid_client"}"#, "misconfigured"),
            (401, "", "misconfigured"),
            (429, "", "retry"),
            (503, "", "retry"),
        ] {
            let refused = read(&answer(status, body)).err().unwrap();
            assert_eq!(refused.label(), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_kept_token_is_used_until_its_time_or_until_forgotten() {
        let tokens = Tokens::default();
        let now = Timestamp::from_seconds(100);
        tokens.keep(Secret::from("t"), Timestamp::from_seconds(200));
        assert!(tokens.valid(now).is_some());
        assert!(tokens.valid(Timestamp::from_seconds(200)).is_none());
        tokens.forget();
        assert!(tokens.valid(now).is_none());
    }
}
