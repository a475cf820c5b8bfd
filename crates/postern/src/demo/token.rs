//! Tokens: the one that asks for the approval, made with the application's secret, and the one that comes back.

use anyhow::Context as _;
use postern_core::jose::claims::Claims;
use postern_core::jose::jwk::JwkSet;
use postern_core::jose::jws::Unverified;
use postern_core::jose::key::VerifyingKey;
use postern_core::jose::{Algorithm, hmac};
use postern_core::time::{Span, Timestamp};
use serde_json::json;

use super::application::Application;

/// The JWT that serves as `request` and as `login_hint_token`.
pub(crate) fn request(
    issuer: &str,
    application: &Application,
    user: &str,
    now: Timestamp,
) -> anyhow::Result<String> {
    let claims = json!({
        "iss": application.id,
        "sub": user,
        "aud": issuer,
        "iat": now.seconds(),
        "exp": now.plus(Span::hours(1)).seconds(),
        "pi.template": {
            "name": "transaction",
            "variables": { "sum": "1,000,000", "currency": "USD", "recipient": "Charlie Parker" },
        },
        "pi.clientContext": { "transactionId": "T-4711" },
    });
    Ok(hmac::sign(Algorithm::HS256, application.secret.as_bytes(), &claims)?)
}

/// The claims of a token that one of the published keys signed.
pub(crate) fn verified(token: &str, published: &str, now: Timestamp) -> anyhow::Result<Claims> {
    let keys = JwkSet::parse(published).context("the published keys cannot be read")?;
    let unverified = Unverified::parse(token)?;
    let (key_id, algorithm) = (unverified.header().key_id.as_deref(), unverified.header().algorithm);
    let mut keys = keys.select(key_id, algorithm).filter_map(|key| VerifyingKey::from_jwk(key).ok());
    let key = keys.next().context("the token is signed with a key that is not published")?;
    let claims = unverified.verify(&key, &[Algorithm::RS256, Algorithm::ES256])?;
    claims.check_times(now, Span::seconds(5))?;
    Ok(claims)
}
