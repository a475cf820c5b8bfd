//! Clients that authenticate with a signed assertion (RFC 7523).

use postern_core::directory::application::TokenAuthMethod;
use postern_core::jose::Algorithm;
use postern_core::jose::claims::Claims;
use postern_core::jose::jws::Unverified;
use postern_core::time::{Span, Timestamp};

use super::Client;
use crate::tokens::{Decision, Refusal};

/// How far ahead the end of an assertion may be.
const LONGEST: Span = Span::hours(1);
/// How far the client's clock may be off.
const LEEWAY: Span = Span::seconds(30);

/// The client that an assertion names; nothing when it names another than `client_id` does.
pub(super) fn client_id(id: Option<&str>, token: &str) -> Option<String> {
    let claims = Unverified::parse(token).ok()?.unverified_claims().ok()?;
    let subject = claims.subject()?;
    id.is_none_or(|id| id == subject).then(|| subject.to_owned())
}

/// Checks an assertion of the client.
pub(super) fn check(client: &Client, token: &str, audiences: &[String], now: Timestamp) -> Decision<()> {
    let allowed: &[Algorithm] = match client.application.token_endpoint_auth_method {
        TokenAuthMethod::ClientSecretJwt => &Algorithm::SHARED_SECRET,
        TokenAuthMethod::PrivateKeyJwt => &Algorithm::PUBLIC_KEY,
        _ => return Err(Refusal::client()),
    };
    let claims = verified(client, token, allowed, now).ok_or_else(Refusal::client)?;
    let id = client.id().to_string();
    let named = claims.issuer() == Some(&id) && claims.subject() == Some(&id);
    let meant_for_us = audiences.iter().any(|audience| claims.audience_contains(audience));
    let expiry = claims.expiry().ok().flatten();
    let short = expiry.is_some_and(|expiry| expiry.since(now.plus(LEEWAY)) <= LONGEST);
    if named && meant_for_us && short && claims.check_times(now, LEEWAY).is_ok() {
        return Ok(());
    }
    Err(Refusal::client())
}

fn verified(client: &Client, token: &str, allowed: &[Algorithm], now: Timestamp) -> Option<Claims> {
    let token = Unverified::parse(token).ok()?;
    let header = token.header();
    if !allowed.contains(&header.algorithm) {
        return None;
    }
    let keys = client.verifying_keys(header.key_id.as_deref(), header.algorithm, now);
    keys.iter().find_map(|key| token.verify(key, allowed).ok())
}
