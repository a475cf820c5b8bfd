//! Sign-off (OpenID Connect RP-Initiated Logout; platform contract 4.12).
//!
//! Ends the session of the cookie. An ID token given as a hint must be about the
//! same user; without a cookie it ends the session that it names. The browser
//! goes on to the application only when the address is registered there.

use http::Method;
use http::header::CONTENT_SECURITY_POLICY;
use postern_core::ids::{ApplicationId, SessionId};
use postern_core::jose::claims::Claims;
use postern_engine::sessions::{self, Session};
use postern_engine::{Error, tokens};
use url::Url;

use super::super::web::call::Pairs;
use super::super::web::{Call, Failure, Media, Reply, Route};
use super::cookies;

/// Longest hint or address that is read, in bytes.
const LONGEST: usize = 8192;

/// GET with a query, POST with a form.
pub(super) fn routes() -> Vec<Route> {
    let route = |method| {
        Route::new(method, "/{envID}/as/signoff", "Sign off", signoff)
            .status(302)
            .group("OAuth 2 and OpenID Connect")
    };
    vec![route(Method::GET), route(Method::POST).media(Media::Form)]
}

async fn signoff(call: Call) -> Result<Reply, Failure> {
    let mut parameters = call.query();
    if parameters.iter().next().is_none() {
        parameters = call.form();
    }
    let hint = hint(&call, &parameters).await?;
    if let Some(session) = to_end(&call, hint.as_ref()).await? {
        call.app
            .write(&call.ctx, session, |tx, ctx, session| Box::pin(sessions::end_session(tx, ctx, *session)))
            .await?;
        call.app.access.forget(call.ctx.environment);
    }
    let reply = match destination(&call, &parameters, hint.as_ref()).await? {
        Some(address) => Reply::found(&address),
        None => Reply::html(200, PAGE.to_owned()).header(CONTENT_SECURITY_POLICY, POLICY),
    };
    Ok(cookies::take_back(&call, reply))
}

/// The claims of the hint, when it is an ID token of ours, expired or not.
async fn hint(call: &Call, parameters: &Pairs) -> Result<Option<Claims>, Error> {
    let Some(token) = parameters.get("id_token_hint").filter(|token| token.len() <= LONGEST) else {
        return Ok(None);
    };
    let ctx = &call.ctx;
    match tokens::hinted(call.app.db(), &call.app.signing, ctx.environment, ctx.now, token).await {
        Ok(claims) => Ok(Some(claims)),
        Err(Error::Unauthenticated) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn to_end(call: &Call, hint: Option<&Claims>) -> Result<Option<SessionId>, Error> {
    let mut tx = call.app.read().await?;
    let session: Option<Session> = match cookies::browser(call).session {
        Some(token) => sessions::find_by_token(&mut tx, &call.ctx, token.expose()).await?,
        None => None,
    };
    Ok(match (session, hint) {
        (Some(session), None) => Some(session.id),
        (Some(session), Some(hint)) => {
            (hint.subject() == Some(session.user.to_string().as_str())).then_some(session.id)
        }
        (None, Some(hint)) => hint.text("sid").and_then(|sid| sid.parse().ok()),
        (None, None) => None,
    })
}

/// Where the browser goes, when the application registered that address.
async fn destination(
    call: &Call,
    parameters: &Pairs,
    hint: Option<&Claims>,
) -> Result<Option<String>, Error> {
    let Some(address) = parameters.get("post_logout_redirect_uri").filter(|uri| uri.len() <= LONGEST) else {
        return Ok(None);
    };
    let (hinted, named) = (hint.and_then(|hint| hint.text("aud")), parameters.get("client_id"));
    let Some(client) = hinted.or(named).filter(|id| named.is_none_or(|named| named == *id)) else {
        return Ok(None);
    };
    let Ok(client) = client.parse::<ApplicationId>() else { return Ok(None) };
    let Some(client) = call.app.clients.find(call.app.db(), &call.ctx, client).await? else {
        return Ok(None);
    };
    let registered = client.application.post_logout_redirect_uris.iter().flatten().any(|uri| uri == address);
    Ok(if registered { Some(with_state(address, parameters.get("state"))) } else { None })
}

fn with_state(address: &str, state: Option<&str>) -> String {
    match (state, Url::parse(address)) {
        (Some(state), Ok(mut url)) => {
            url.query_pairs_mut().append_pair("state", state);
            url.into()
        }
        _ => address.to_owned(),
    }
}

const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Signed off</title>\n</head>\n\
<body>\n<main>\n<h1>You are signed off</h1>\n<p>You can close this window.</p>\n</main>\n</body>\n</html>\n";
