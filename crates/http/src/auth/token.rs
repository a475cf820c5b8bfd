//! The token endpoint (RFC 6749, 3.2; platform contract 4.9).

use std::sync::Arc;

use http::header::ORIGIN;
use postern_core::oauth::parameters::{MAX_VALUE, words};
use postern_engine::clients::Client;
use postern_engine::tokens::{self, CodeRedemption, Decision, Issuable, OAuthCode, RefreshRequest, Refusal};

use super::super::web::call::Pairs;
use super::super::web::{Call, Failure, Reply, Route, cors};
use super::client_authentication::{claimed_client, client};
use super::cookies::{self, Exposure};
use super::oauth_error::{Answer, OAuthError, form_endpoint, not_stored};

/// The token endpoint.
pub(super) fn routes() -> Vec<Route> {
    let routes = form_endpoint("/{envID}/as/token", "Get tokens", token).into_iter();
    routes.map(|route| route.with_cookies().preflight(preflight)).collect()
}

/// A preflight does not say whose tokens are asked for. Nothing comes of asking by itself, since no cookie counts here;
/// who may read the answer is decided with the answer.
async fn preflight(_call: Call) -> Result<Reply, Failure> {
    Ok(cors::any(Reply::no_content()))
}

async fn token(call: Call) -> Answer {
    let form = call.form();
    let reply = grant(&call, &form).await.unwrap_or_else(|error| error.into_reply(call.ctx.correlation));
    if call.header(ORIGIN.as_str()).is_none() {
        return Ok(reply);
    }
    let client = match claimed_client(&call, &form) {
        Some(id) => call.app.clients.find(call.app.db(), &call.ctx, id).await?,
        None => None,
    };
    let application = client.as_ref().map(|client| &client.application.body);
    Ok(cookies::share(&call, reply, application, Exposure::Sensitive))
}

async fn grant(call: &Call, form: &Pairs) -> Answer {
    let client = client(call, form, "token").await?;
    let grant =
        form.get("grant_type").ok_or_else(|| OAuthError::request("The parameter grant_type is missing"))?;
    let issuable = match grant {
        "client_credentials" => tokens::client_credentials(&call.ctx, &client, &scopes(form)?)?,
        "authorization_code" => code(call, form, &client).await?,
        "refresh_token" => refresh(call, form, &client).await?,
        _ => {
            return Err(
                Refusal::new(OAuthCode::UnsupportedGrantType, "The grant type is not supported").into()
            );
        }
    };
    let key = call.app.signing.signer_for(call.app.db(), &call.ctx, &client.application).await?;
    let answer = tokens::sign(&call.ctx, &key, &client, &issuable)??;
    Ok(not_stored(Reply::json(200, &answer)))
}

async fn code(call: &Call, form: &Pairs, client: &Arc<Client>) -> Result<Issuable, OAuthError> {
    let code = form.get("code").ok_or_else(|| OAuthError::request("The parameter code is missing"))?;
    let request = CodeRedemption {
        client: Arc::clone(client),
        code: code.into(),
        redirect_uri: form.get("redirect_uri").map(str::to_owned),
        verifier: form.get("code_verifier").map(Into::into),
    };
    let work = call
        .app
        .write(&call.ctx, request, |tx, ctx, request| Box::pin(tokens::redeem_code(tx, ctx, request)));
    decided(call, work.await?)
}

async fn refresh(call: &Call, form: &Pairs, client: &Arc<Client>) -> Result<Issuable, OAuthError> {
    let missing = || OAuthError::request("The parameter refresh_token is missing");
    let request = RefreshRequest {
        client: Arc::clone(client),
        token: form.get("refresh_token").ok_or_else(missing)?.into(),
        scopes: scopes(form)?,
    };
    let work =
        call.app.write(&call.ctx, request, |tx, ctx, request| Box::pin(tokens::refresh(tx, ctx, request)));
    decided(call, work.await?)
}

/// The decision. A refusal that revoked tokens also ends the trust that this node has in them.
fn decided(call: &Call, decision: Decision<Issuable>) -> Result<Issuable, OAuthError> {
    decision.map_err(|refusal| {
        if refusal.revoked {
            call.app.access.forget(call.ctx.environment);
        }
        refusal.into()
    })
}

/// The words of `scope`, each once.
fn scopes(form: &Pairs) -> Result<Vec<String>, OAuthError> {
    match form.get("scope") {
        Some(scope) if scope.len() > MAX_VALUE => Err(Refusal::scope("The scope is too long").into()),
        scope => Ok(words(scope.unwrap_or_default())),
    }
}
