//! The refresh-token grant: every use gives a new refresh token, and a second use ends the family.

use std::sync::Arc;

use postern_core::crypto::token_digest;
use postern_core::directory::application::GrantType;
use postern_core::directory::user::User;
use postern_core::ids::{ApplicationId, UserId};
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::refresh_token::{self, RefreshTokenRow};

use super::family::{self, RefreshBody, revoke_family};
use super::scopes::is_offline;
use super::{Decision, Issuable, OAuthCode, Refusal, SignOn, for_user};
use crate::clients::Client;
use crate::sessions;
use crate::{Ctx, Error, Result};

/// One refusal for every token that is not good.
const NOT_GOOD: &str = "The refresh token is invalid, expired or already used";

/// A request for new tokens.
pub struct RefreshRequest {
    /// The client that asks, authenticated.
    pub client: Arc<Client>,
    /// `refresh_token`.
    pub token: Secret,
    /// `scope`: some of the granted ones; empty for all.
    pub scopes: Vec<String>,
}

/// Exchanges a refresh token. Its second use, beyond the grace period of the application, ends the family
/// when the application's replay protection is on.
///
/// # Errors
/// Those of the database. What is not granted is a [`Refusal`], whose effects are to be committed.
pub async fn refresh(tx: &mut Tx, ctx: &Ctx, request: &RefreshRequest) -> Result<Decision<Issuable>> {
    let client = &request.client;
    if !client.allows(GrantType::RefreshToken) {
        let why = "The application may not use the grant type refresh_token";
        return Ok(Err(Refusal::new(OAuthCode::UnauthorizedClient, why)));
    }
    let digest = token_digest(request.token.expose());
    let row = refresh_token::find(tx, ctx.environment, &digest).await?;
    let Some(row) = row.filter(|row| row.application == client.id() && ctx.now < row.expires_at) else {
        return Ok(Err(Refusal::grant(NOT_GOOD)));
    };
    let body: RefreshBody = serde_json::from_str(&row.body).map_err(Error::internal)?;
    let scopes = if request.scopes.is_empty() { &body.sign_on.scopes } else { &request.scopes };
    if scopes.iter().any(|scope| !body.sign_on.scopes.contains(scope)) {
        return Ok(Err(Refusal::scope("The scope goes beyond what was granted")));
    }
    let granted = match for_user(client, scopes) {
        Ok(granted) => granted,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // One exchange of a user at a time: whatever ends a family sees all of its tokens, and nothing is added afterwards.
    let user = documents::find_locked::<User>(tx, ctx.environment, row.user).await?;
    if let Err(refusal) = take(tx, ctx, client, &row).await? {
        return Ok(Err(refusal));
    }
    let Some(user) = user.filter(|user| user.can_authenticate(ctx.now)) else {
        return Ok(Err(Refusal::grant("The user may not sign on")));
    };
    let Some(sign_on) = with_session(tx, ctx, body.sign_on).await? else {
        return Ok(Err(Refusal::grant("The session has ended")));
    };
    let jti = ctx.random.uuid().to_string();
    let next = RefreshBody {
        sign_on: sign_on.clone(),
        began_at: body.began_at,
        jti: jti.clone(),
        access_until: ctx.now.plus(granted.validity),
    };
    let token = family::add(tx, ctx, client, row.family, &next).await?;
    Ok(Ok(Issuable { granted, jti, person: Some((user, sign_on)), nonce: None, refresh_token: Some(token) }))
}

/// Removes expired tokens, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub async fn sweep_refresh_tokens(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    Ok(refresh_token::sweep(tx, now, limit).await?)
}

/// Marks the token as used. Refuses one that was used before and may not be used again, and one that is gone since it
/// was read: a password reset or a replay ended its family meanwhile, and no grace brings that back.
async fn take(tx: &mut Tx, ctx: &Ctx, client: &Client, row: &RefreshTokenRow) -> Result<Decision<()>> {
    if refresh_token::exchange(tx, ctx.environment, &row.digest, ctx.now).await? {
        return Ok(Ok(()));
    }
    let known = refresh_token::find(tx, ctx.environment, &row.digest).await?;
    let Some(used_at) = known.and_then(|row| row.used_at) else {
        return Ok(Err(Refusal::grant(NOT_GOOD)));
    };
    let application = &client.application;
    let grace = application.refresh_token_rolling_grace_period_duration.map_or(Span::ZERO, Span::seconds);
    if grace > Span::ZERO && ctx.now <= used_at.plus(grace) {
        return Ok(Ok(()));
    }
    if !application.additional_refresh_token_replay_protection_enabled {
        return Ok(Err(Refusal::grant(NOT_GOOD)));
    }
    revoke_family(tx, ctx, row.family).await?;
    Ok(Err(Refusal::grant(NOT_GOOD).after_revoking()))
}

/// The sign-on with its session, which is thereby used. An offline grant goes on without one; others end with it.
async fn with_session(tx: &mut Tx, ctx: &Ctx, mut sign_on: SignOn) -> Result<Option<SignOn>> {
    let Some(id) = sign_on.session else { return Ok(Some(sign_on)) };
    match sessions::find(tx, ctx, id).await? {
        Some(mut session) => sessions::touch(tx, ctx, &mut session).await?,
        None if is_offline(&sign_on.scopes) => sign_on.session = None,
        None => return Ok(None),
    }
    Ok(Some(sign_on))
}

/// What introspection says of a refresh token.
pub struct RefreshFacts {
    /// The user.
    pub user: UserId,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// The refresh token of the client, when it would be accepted now.
///
/// # Errors
/// Those of the database.
pub async fn inspect_refresh_token(
    tx: &mut Tx,
    ctx: &Ctx,
    client: ApplicationId,
    token: &str,
) -> Result<Option<RefreshFacts>> {
    let row = refresh_token::find(tx, ctx.environment, &token_digest(token)).await?;
    let usable = |row: &RefreshTokenRow| {
        row.application == client && row.used_at.is_none() && ctx.now < row.expires_at
    };
    let Some(row) = row.filter(usable) else { return Ok(None) };
    let body: RefreshBody = serde_json::from_str(&row.body).map_err(Error::internal)?;
    let user = documents::find::<User>(tx, ctx.environment, row.user).await?;
    let session_lives = match body.sign_on.session {
        Some(id) if !is_offline(&body.sign_on.scopes) => sessions::find(tx, ctx, id).await?.is_some(),
        _ => true,
    };
    if !session_lives || user.is_none_or(|user| !user.can_authenticate(ctx.now)) {
        return Ok(None);
    }
    let RefreshTokenRow { user, created_at, expires_at, .. } = row;
    Ok(Some(RefreshFacts { user, scopes: body.sign_on.scopes, created_at, expires_at }))
}
