//! The account lockout of the MFA settings: too many wrong MFA actions lock the user, whatever the device.
//!
//! A locked account loses its sessions and refresh tokens, as one that is locked by hand does.
//! Independent of the lock of one device. An environment without `lockout` in
//! its settings never locks.

use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::UserId;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::account_failure;

use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, mfa_settings, sessions, tokens};

/// The user whose answer is about to be checked. Where the settings lock accounts, nobody else checks one until the
/// transaction ends, so that answers that come together learn no more than the settings allow.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn hold(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<Stored<User>> {
    let found = match mfa_settings::load(tx, ctx).await?.lockout {
        Some(_) => documents::find_locked::<User>(tx, ctx.environment, user).await?,
        None => documents::find::<User>(tx, ctx.environment, user).await?,
    };
    found.ok_or(Error::NotFound("user"))
}

/// Counts a wrong MFA action and locks the account when it was one too many.
///
/// # Errors
/// Those of the database.
pub async fn count(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<()> {
    let Some(lockout) = mfa_settings::load(tx, ctx).await?.lockout else { return Ok(()) };
    let failures = account_failure::add(tx, ctx.environment, user).await?;
    if lockout.failure_count == 0 || failures < lockout.failure_count {
        return Ok(());
    }
    let Some(mut user) = documents::find::<User>(tx, ctx.environment, user).await? else { return Ok(()) };
    let until = lockout.duration().map(|span| ctx.now.plus(span));
    user.body.account.lock(ctx.now, until);
    documents::update(tx, &mut user, ctx.now).await?;
    account_failure::reset(tx, ctx.environment, user.id).await?;
    tokens::revoke_user(tx, ctx, user.id).await?;
    sessions::end_all(tx, ctx, user.id).await?;
    audit::record(tx, ctx, Event::new("USER.LOCKED", Subject::of(&user))).await
}

/// Forgets the wrong actions after a right one.
///
/// # Errors
/// Those of the database.
pub async fn forgive(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<()> {
    Ok(account_failure::reset(tx, ctx.environment, user).await?)
}
