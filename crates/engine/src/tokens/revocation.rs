//! Ending tokens before their time.
//!
//! Access tokens for the PingOne API and clients' own tokens can be revoked
//! too, which goes beyond the contract: a client that asks for it wants it.

use postern_core::crypto::token_digest;
use postern_core::directory::user::User;
use postern_core::ids::{ApplicationId, UserId};
use postern_core::time::Timestamp;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::{refresh_token, revoked_token};

use super::family::revoke_family;
use crate::{Ctx, Result};

/// Revokes an access token. Nodes that trusted it keep doing so for some seconds; this one does not
/// once the door has called [`crate::access::Authenticator::forget`].
///
/// # Errors
/// Those of the database.
pub async fn revoke_access_token(tx: &mut Tx, ctx: &Ctx, jti: &str, expires_at: Timestamp) -> Result<()> {
    Ok(revoked_token::revoke(tx, ctx.environment, jti, expires_at).await?)
}

/// Revokes a refresh token of the client, with all tokens of its family. False when it is not one of the client's.
///
/// # Errors
/// Those of the database.
pub async fn revoke_refresh_token(
    tx: &mut Tx,
    ctx: &Ctx,
    client: ApplicationId,
    token: &str,
) -> Result<bool> {
    let row = refresh_token::find(tx, ctx.environment, &token_digest(token)).await?;
    let Some(row) = row.filter(|row| row.application == client) else { return Ok(false) };
    documents::find_locked::<User>(tx, ctx.environment, row.user).await?;
    revoke_family(tx, ctx, row.family).await?;
    Ok(true)
}

/// Ends all refresh tokens that speak for a user: when it is deleted or its password was reset.
/// Its access tokens end with its sessions. An exchange that is under way is waited for, and its token goes too.
/// To be called before anything else of the user is written, since an exchange takes the user's record first.
/// Gives how many.
///
/// # Errors
/// Those of the database.
pub async fn revoke_user(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<u64> {
    documents::find_locked::<User>(tx, ctx.environment, user).await?;
    Ok(refresh_token::delete_of_user(tx, ctx.environment, user).await?)
}

/// Removes entries that are no longer needed, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub async fn sweep_revoked(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    Ok(revoked_token::sweep(tx, now, limit).await?)
}
