//! An access token that a peer gives: fetched when needed, kept until shortly before it expires.
//!
//! Messages that come together share one fetch: the first asks, the others wait for its answer, whatever it is. So a
//! burst costs the token endpoint one call, and a slow one holds nobody back but its own callers.

use std::sync::atomic::{AtomicU64, Ordering};

use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::http::{Answer, Call, Outbound, OutboundError};
use crate::outcome::{Outcome, Reason};

/// A token is not used in its last seconds, so that it does not expire on the way.
const MARGIN: Span = Span::seconds(30);
/// The life of a token whose server does not tell it.
const DEFAULT_LIFE: i64 = 60;
/// A token is fetched anew after a day, whatever its server says.
const LONGEST_LIFE: i64 = 86_400;

/// The token kept for one configured provider.
#[derive(Default)]
pub(crate) struct Tokens {
    state: Mutex<State>,
    failures: AtomicU64,
}

#[derive(Default)]
struct State {
    kept: Option<(Secret, Timestamp)>,
    /// What came of the last fetch that gave none.
    failure: Option<Outcome>,
}

/// A token to use.
pub(crate) struct Found {
    pub(crate) token: Secret,
    /// Whether it was fetched for an earlier message, so that it may have been withdrawn since.
    pub(crate) kept: bool,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<i64>,
}

impl Tokens {
    /// The kept token, or a new one for which `request` asks.
    pub(crate) async fn get(
        &self,
        outbound: &Outbound,
        now: Timestamp,
        request: impl FnOnce() -> Result<Call, Outcome> + Send,
    ) -> Result<Found, Outcome> {
        let failures = self.failures.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        if let Some((token, until)) = &state.kept
            && now < *until
        {
            return Ok(Found { token: token.clone(), kept: true });
        }
        if self.failures.load(Ordering::Acquire) != failures
            && let Some(failure) = &state.failure
        {
            return Err(failure.clone());
        }
        match fetch(outbound, now, request).await {
            Ok((token, life)) => {
                state.kept = Some((token.clone(), now.plus(life)));
                Ok(Found { token, kept: false })
            }
            Err(outcome) => {
                state.failure = Some(outcome.clone());
                self.failures.fetch_add(1, Ordering::AcqRel);
                Err(outcome)
            }
        }
    }

    /// Drops the kept token if it is this one, which the peer refused.
    pub(crate) async fn forget(&self, refused: &Secret) {
        let mut state = self.state.lock().await;
        if state.kept.as_ref().is_some_and(|(token, _)| token.expose() == refused.expose()) {
            state.kept = None;
        }
    }
}

async fn fetch(
    outbound: &Outbound,
    now: Timestamp,
    request: impl FnOnce() -> Result<Call, Outcome> + Send,
) -> Result<(Secret, Span), Outcome> {
    let call = request()?;
    let answer = outbound.send(call, now).await.map_err(OutboundError::outcome)?;
    read(&answer)
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

/// A call with a token that the peer gives: with the kept one and, where the peer refuses that, once more with a new
/// one.
///
/// # Errors
/// The outcome when no token was to be had or no answer came.
pub(crate) async fn send(
    tokens: &Tokens,
    outbound: &Outbound,
    now: Timestamp,
    request: impl Fn() -> Result<Call, Outcome> + Send + Sync,
    call: impl Fn() -> Result<Call, OutboundError> + Send + Sync,
    refused: impl Fn(&Answer) -> bool + Send + Sync,
) -> Result<Answer, Outcome> {
    let found = tokens.get(outbound, now, &request).await?;
    let answer = with(outbound, now, &call, &found.token).await?;
    if !(found.kept && refused(&answer)) {
        return Ok(answer);
    }
    tokens.forget(&found.token).await;
    let found = tokens.get(outbound, now, &request).await?;
    with(outbound, now, &call, &found.token).await
}

async fn with(
    outbound: &Outbound,
    now: Timestamp,
    call: &(impl Fn() -> Result<Call, OutboundError> + Sync),
    token: &Secret,
) -> Result<Answer, Outcome> {
    let call = call().and_then(|call| call.bearer(token)).map_err(OutboundError::outcome)?;
    outbound.send(call, now).await.map_err(OutboundError::outcome)
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

    #[tokio::test]
    async fn only_the_token_that_was_refused_is_forgotten() {
        let tokens = Tokens::default();
        let kept = (Secret::from("new"), Timestamp::from_seconds(200));
        tokens.state.lock().await.kept = Some(kept);
        tokens.forget(&Secret::from("old")).await;
        assert!(tokens.state.lock().await.kept.is_some());
        tokens.forget(&Secret::from("new")).await;
        assert!(tokens.state.lock().await.kept.is_none());
    }
}
