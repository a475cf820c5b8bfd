//! What access tokens and ID tokens say (platform contract 4.10).

use data_encoding::BASE64URL_NOPAD;
use postern_core::crypto::sha256;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::time::Span;
use serde_json::{Map, Value, json};

use super::profile::{Target, access_claims, user_claims};
use super::{Decision, Granted, ID_TOKEN_LIFETIME, SignOn};
use crate::Ctx;
use crate::clients::Client;

/// The user a token speaks for, and how it signed on.
pub(super) struct Person<'a> {
    pub(super) user: &'a Stored<User>,
    pub(super) sign_on: &'a SignOn,
}

/// The claims of an access token.
pub(super) fn access(
    ctx: &Ctx,
    client: &Client,
    granted: &Granted,
    jti: &str,
    person: Option<&Person<'_>>,
) -> Map<String, Value> {
    let mut claims = access_claims(client, person.map(|person| person.user), granted);
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    set("client_id", json!(client.id()));
    set("iss", json!(ctx.urls.issuer(ctx.environment)));
    set("jti", json!(jti));
    set("iat", json!(ctx.now.seconds()));
    set("exp", json!(ctx.now.plus(granted.validity).seconds()));
    set("aud", json!(granted.audience));
    if granted.is_for_api() {
        set("env", json!(ctx.environment));
        set("org", json!(ctx.organization));
    }
    let resource = granted.resources.first().copied().or(client.api.as_ref().map(|api| api.id));
    if let Some(resource) = resource {
        set("p1.rid", json!(resource));
    }
    if !granted.scopes.is_empty() {
        set("scope", json!(granted.scopes.join(" ")));
    }
    if let Some(Person { user, sign_on }) = person {
        set("sub", json!(user.id));
        set("acr", json!(sign_on.acr));
        set("auth_time", json!(sign_on.auth_time.seconds()));
        if let Some(session) = sign_on.session {
            set("sid", json!(session));
        }
    }
    claims
}

/// What an ID token is tied to.
#[derive(Default)]
pub(super) struct Bindings<'a> {
    pub(super) nonce: Option<&'a str>,
    pub(super) access_token: Option<&'a str>,
    pub(super) code: Option<&'a str>,
}

/// The claims of an ID token.
pub(super) fn id(
    ctx: &Ctx,
    client: &Client,
    scopes: &[String],
    person: &Person<'_>,
    bindings: &Bindings<'_>,
) -> Decision<Map<String, Value>> {
    let Person { user, sign_on } = person;
    let mut claims = user_claims(client, user, scopes, Target::IdToken)?;
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    set("iss", json!(ctx.urls.issuer(ctx.environment)));
    set("sub", json!(user.id));
    set("aud", json!(client.id()));
    set("iat", json!(ctx.now.seconds()));
    set("exp", json!(ctx.now.plus(ID_TOKEN_LIFETIME).seconds()));
    set("auth_time", json!(sign_on.auth_time.seconds()));
    set("acr", json!(sign_on.acr));
    set("amr", json!(sign_on.amr));
    set("env", json!(ctx.environment));
    set("org", json!(ctx.organization));
    if let Some(region) = &ctx.region {
        set("p1.region", json!(&**region));
    }
    if let Some(session) = sign_on.session {
        set("sid", json!(session));
    }
    if let Some(nonce) = bindings.nonce {
        set("nonce", json!(nonce));
    }
    if let Some(token) = bindings.access_token {
        set("at_hash", json!(half_hash(token)));
    }
    if let Some(code) = bindings.code {
        set("c_hash", json!(half_hash(code)));
    }
    Ok(claims)
}

/// The left half of the SHA-256, which goes with RS256 and ES256 (OpenID Connect Core 3.1.3.6).
fn half_hash(text: &str) -> String {
    let digest = sha256(text.as_bytes());
    BASE64URL_NOPAD.encode(digest.get(..digest.len() / 2).unwrap_or_default())
}

/// Whole seconds, as `expires_in` says it.
pub(super) fn seconds(span: Span) -> i64 {
    span.as_seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_hash_of_openid_connect_core_holds() {
        // The example of OpenID Connect Core 1.0, appendix A.4.
        assert_eq!(
            half_hash("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"),
            "LDktKdoQak3Pk0cnXxCltA"
        );
        assert_eq!(half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
