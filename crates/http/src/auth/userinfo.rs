//! The user information endpoint (OpenID Connect Core, 5.3). Errors are PingOne's.

use http::Method;
use http::header::AUTHORIZATION;
use postern_core::jose::jws::Unverified;
use postern_engine::Error;
use postern_engine::tokens::{self, Kind, Live};
use serde_json::Value;

use super::super::web::{Call, Failure, Media, Reply, Route};

/// GET and POST; the token is in the header.
pub(super) fn routes() -> Vec<Route> {
    let route = |method| {
        Route::new(method, "/{envID}/as/userinfo", "Read user information", userinfo)
            .media(Media::None)
            .status(200)
            .group("OAuth 2 and OpenID Connect")
    };
    vec![route(Method::GET), route(Method::POST)]
}

async fn userinfo(call: Call) -> Result<Reply, Failure> {
    let live = bearer(&call).await?;
    let scopes: Vec<String> = live.scopes().map(str::to_owned).collect();
    let user =
        live.user.as_ref().filter(|_| scopes.iter().any(|scope| scope == "openid")).ok_or(Error::Denied)?;
    let client = call.app.clients.find(call.app.db(), &call.ctx, live.application.id).await?;
    let client = client.ok_or(Error::Unauthenticated)?;
    let claims = tokens::user_info(&client, user, &scopes).map_err(|_| Error::Denied)?;
    Ok(Reply::ok(&Value::Object(claims)))
}

/// The living access token of the header, of the environment in the path.
async fn bearer(call: &Call) -> Result<Live, Error> {
    let header = call.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = header.and_then(|header| header.split_once(' ')).ok_or(Error::Unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Error::Unauthenticated);
    }
    let token = Unverified::parse(token.trim()).map_err(|_| Error::Unauthenticated)?;
    let ctx = &call.ctx;
    let live = tokens::live(call.app.db(), &call.app.signing, ctx.environment, ctx.now, &token).await?;
    if live.kind == Kind::Access { Ok(live) } else { Err(Error::Unauthenticated) }
}
