//! Locks and unlocks user accounts by hand (platform contract 2.7).
//!
//! Locks that wrong MFA actions cause are in [`crate::lockout`]; locks of a
//! password in [`crate::passwords`].

use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::UserId;
use postern_core::problem::Problem;
use postern_core::time::Timestamp;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, lockout, sessions, tokens, users};

/// Locks an account until then, or until it is unlocked. Its sessions and refresh tokens end.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] when the end is past.
pub async fn lock(tx: &mut Tx, ctx: &Ctx, user: UserId, until: Option<Timestamp>) -> Result<Stored<User>> {
    if until.is_some_and(|until| until <= ctx.now) {
        return Err(Error::invalid(Problem::invalid("unlockAt", "must be in the future")));
    }
    let mut user = users::get(tx, ctx, user).await?;
    user.body.account.lock(ctx.now, until);
    documents::update(tx, &mut user, ctx.now).await?;
    tokens::revoke_user(tx, ctx, user.id).await?;
    sessions::end_all(tx, ctx, user.id).await?;
    audit::record(tx, ctx, Event::new("USER.LOCKED", Subject::of(&user))).await?;
    Ok(user)
}

/// Unlocks an account, and forgets the wrong MFA actions that led to the lock.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn unlock(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<Stored<User>> {
    let mut user = users::get(tx, ctx, user).await?;
    user.body.account.unlock();
    documents::update(tx, &mut user, ctx.now).await?;
    ctx.note_access_change();
    lockout::forgive(tx, ctx, user.id).await?;
    audit::record(tx, ctx, Event::new("USER.UNLOCKED", Subject::of(&user))).await?;
    Ok(user)
}
