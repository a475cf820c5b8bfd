//! Token introspection (RFC 7662; platform contract 4.12).
//!
//! The client that a token was given to may ask about it, and a custom resource
//! about the tokens that are meant for it. Everybody else learns that the token
//! is not active.

use std::sync::Arc;

use postern_core::directory::application::TokenAuthMethod;
use postern_core::directory::resource::Resource;
use postern_core::entity::Stored;
use postern_core::jose::jws::Unverified;
use postern_engine::Error;
use postern_engine::clients::Client;
use postern_engine::tokens::{self, Kind, Live, Refusal};
use serde_json::{Map, Value, json};

use super::super::web::call::Pairs;
use super::super::web::{Call, Reply, Route};
use super::client_authentication::{client, presented};
use super::oauth_error::{Answer, OAuthError, form_endpoint, not_stored};

/// The introspection endpoint.
pub(super) fn routes() -> Vec<Route> {
    form_endpoint("/{envID}/as/introspect", "Introspect a token", introspect)
}

/// Who asks.
enum Asker {
    Client(Arc<Client>),
    Resource(Box<Stored<Resource>>),
}

async fn introspect(call: Call) -> Answer {
    let form = call.form();
    let asker = asker(&call, &form).await?;
    let token = form.get("token").ok_or_else(|| OAuthError::request("The parameter token is missing"))?;
    let answer = match Unverified::parse(token) {
        Ok(signed) => signed_token(&call, &asker, &signed).await?,
        Err(_) => refresh_token(&call, &asker, token).await?,
    };
    Ok(not_stored(Reply::json(200, &answer.unwrap_or_else(|| json!({ "active": false })))))
}

async fn asker(call: &Call, form: &Pairs) -> Result<Asker, OAuthError> {
    let resource =
        call.app.clients.authenticate_resource(call.app.db(), &call.ctx, &presented(call, form)?).await?;
    if let Ok(server) = resource {
        return Ok(Asker::Resource(Box::new(server.resource)));
    }
    let client = client(call, form, "introspect").await?;
    if client.application.token_endpoint_auth_method == TokenAuthMethod::None {
        return Err(Refusal::client().into());
    }
    Ok(Asker::Client(client))
}

async fn signed_token(
    call: &Call,
    asker: &Asker,
    token: &Unverified<'_>,
) -> Result<Option<Value>, OAuthError> {
    let ctx = &call.ctx;
    let live = match tokens::live(call.app.db(), &call.app.signing, ctx.environment, ctx.now, token).await {
        Ok(live) => live,
        Err(Error::Unauthenticated) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(asker.may_know(&live).then(|| describe(&live)))
}

async fn refresh_token(call: &Call, asker: &Asker, token: &str) -> Result<Option<Value>, OAuthError> {
    let Asker::Client(client) = asker else { return Ok(None) };
    let mut tx = call.app.read().await?;
    let found = tokens::inspect_refresh_token(&mut tx, &call.ctx, client.id(), token).await?;
    Ok(found.map(|facts| {
        json!({
            "active": true,
            "scope": facts.scopes.join(" "),
            "client_id": client.id(),
            "iat": facts.created_at.seconds(),
            "exp": facts.expires_at.seconds(),
            "sub": facts.user,
            "iss": call.ctx.urls.issuer(call.ctx.environment),
        })
    }))
}

impl Asker {
    fn may_know(&self, live: &Live) -> bool {
        match self {
            Self::Client(client) => live.application.id == client.id(),
            Self::Resource(resource) => {
                let audience = resource.audience.as_ref().unwrap_or(&resource.name);
                live.kind == Kind::Access && live.claims.audience_contains(audience)
            }
        }
    }
}

fn describe(live: &Live) -> Value {
    let mut answer = Map::new();
    answer.insert("active".to_owned(), Value::Bool(true));
    if live.kind == Kind::Access {
        answer.insert("token_type".to_owned(), json!("Bearer"));
    }
    answer.insert("client_id".to_owned(), json!(live.application.id));
    for name in ["scope", "iat", "exp", "sub", "aud", "iss", "sid", "jti", "acr", "auth_time"] {
        if let Some(value) = live.claims.get(name) {
            answer.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(answer)
}
