//! Families of tokens: all that descends from one authorization code.

use postern_core::crypto::token_digest;
use postern_core::directory::application::GrantType;
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use postern_store::sql::Tx;
use postern_store::tables::refresh_token::{self, RefreshTokenRow};
use postern_store::tables::revoked_token;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::scopes::with_refresh_token;
use super::{Granted, LONGEST_ACCESS_TOKEN, SignOn};
use crate::clients::Client;
use crate::{Ctx, Error, Result};

/// Characters of a refresh token: 256 random bits and more.
const LENGTH: usize = 43;
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a refresh token stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RefreshBody {
    pub(super) sign_on: SignOn,
    /// When the family began.
    pub(super) began_at: Timestamp,
    /// The access token that was issued with it, and until when that one lives.
    pub(super) jti: String,
    pub(super) access_until: Timestamp,
}

/// Makes the first refresh token of a family, when the client gets one for these scopes.
pub(super) async fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    client: &Client,
    family: Uuid,
    sign_on: &SignOn,
    granted: &Granted,
) -> Result<Option<Secret>> {
    if !client.allows(GrantType::RefreshToken) || !with_refresh_token(client, granted) {
        return Ok(None);
    }
    let body = RefreshBody {
        sign_on: sign_on.clone(),
        began_at: ctx.now,
        jti: family.to_string(),
        access_until: ctx.now.plus(granted.validity),
    };
    add(tx, ctx, client, family, &body).await.map(Some)
}

/// Stores one more refresh token of a family and gives it.
pub(super) async fn add(
    tx: &mut Tx,
    ctx: &Ctx,
    client: &Client,
    family: Uuid,
    body: &RefreshBody,
) -> Result<Secret> {
    let token = Secret::new(ctx.random.text(LENGTH, ALPHABET));
    let row = RefreshTokenRow {
        environment: ctx.environment,
        digest: token_digest(token.expose()).to_vec(),
        family,
        application: client.id(),
        user: body.sign_on.user,
        body: serde_json::to_string(body).map_err(Error::internal)?,
        created_at: ctx.now,
        expires_at: expiry(client, body.began_at, ctx.now),
        used_at: None,
    };
    refresh_token::insert(tx, &row).await?;
    Ok(token)
}

/// Ends a family: its refresh tokens are gone and its living access tokens are revoked. The caller holds the user's
/// record, so that no exchange adds a token meanwhile.
pub(super) async fn revoke_family(tx: &mut Tx, ctx: &Ctx, family: Uuid) -> Result<()> {
    revoked_token::revoke(tx, ctx.environment, &family.to_string(), ctx.now.plus(LONGEST_ACCESS_TOKEN))
        .await?;
    loop {
        let taken = refresh_token::take_family(tx, ctx.environment, family).await?;
        if taken.is_empty() {
            return Ok(());
        }
        for row in taken {
            let body: RefreshBody = serde_json::from_str(&row.body).map_err(Error::internal)?;
            if ctx.now < body.access_until {
                revoked_token::revoke(tx, ctx.environment, &body.jti, body.access_until).await?;
            }
        }
    }
}

fn expiry(client: &Client, began_at: Timestamp, now: Timestamp) -> Timestamp {
    let application = &client.application;
    let end = now.plus(application.refresh_token_life());
    match application.refresh_token_rolling_duration {
        Some(rolling) => end.min(began_at.plus(Span::seconds(rolling))),
        None => end,
    }
}
