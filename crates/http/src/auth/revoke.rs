//! Token revocation (RFC 7009).
//!
//! A client ends its own tokens; what is not its own, or unknown, or over, is
//! answered alike. A refresh token takes its whole family along.

use postern_core::ids::ApplicationId;
use postern_core::jose::jws::Unverified;
use postern_core::time::Timestamp;
use postern_engine::tokens::{self, Kind};
use postern_engine::{Error, Result};

use super::super::web::{Call, Reply, Route};
use super::client_authentication::client;
use super::oauth_error::{Answer, OAuthError, form_endpoint, not_stored};

/// The revocation endpoint.
pub(super) fn routes() -> Vec<Route> {
    form_endpoint("/{envID}/as/revoke", "Revoke a token", revoke)
}

async fn revoke(call: Call) -> Answer {
    let form = call.form();
    let client = client(&call, &form, "revoke").await?;
    let token = form.get("token").ok_or_else(|| OAuthError::request("The parameter token is missing"))?;
    let revoked = match Unverified::parse(token) {
        Ok(signed) => match own_access_token(&call, client.id(), &signed).await? {
            Some(access) => {
                let work = call.app.write(&call.ctx, access, |tx, ctx, (jti, expires_at)| {
                    Box::pin(tokens::revoke_access_token(tx, ctx, jti, *expires_at))
                });
                work.await?;
                true
            }
            None => false,
        },
        Err(_) => {
            let input = (client.id(), token.to_owned());
            let work = call.app.write(&call.ctx, input, |tx, ctx, (client, token)| {
                Box::pin(tokens::revoke_refresh_token(tx, ctx, *client, token))
            });
            work.await?
        }
    };
    if revoked {
        call.app.access.forget(call.ctx.environment);
    }
    Ok(not_stored(Reply::empty(200)))
}

/// The `jti` and end of a living access token of the client.
async fn own_access_token(
    call: &Call,
    client: ApplicationId,
    token: &Unverified<'_>,
) -> Result<Option<(String, Timestamp)>> {
    let ctx = &call.ctx;
    let live = match tokens::live(call.app.db(), &call.app.signing, ctx.environment, ctx.now, token).await {
        Ok(live) => live,
        Err(Error::Unauthenticated) => return Ok(None),
        Err(error) => return Err(error),
    };
    let own = live.kind == Kind::Access && live.application.id == client;
    Ok(live.claims.text("jti").filter(|_| own).map(|jti| (jti.to_owned(), live.expires_at)))
}
