//! Who may start and move a device authentication: administrators of devices, and users for themselves.

use postern_core::directory::user::User;
use postern_core::ids::UserId;
use postern_core::permission::{Area, Permission, Verb};
use postern_core::policy::DevicePolicy;
use postern_core::problem::{Code, Problem};
use postern_core::time::Timestamp;

use crate::{Ctx, Error, Result};

/// The caller must be this user, with a token of this environment, or hold the permission.
///
/// # Errors
/// [`Error::Denied`].
pub(super) fn demand(ctx: &Ctx, verb: Verb, user: Option<UserId>) -> Result<()> {
    let own = user.is_some_and(|user| ctx.caller.is_self(user));
    if own && ctx.caller.home() == Some(ctx.environment) {
        return Ok(());
    }
    demand_right(ctx, verb, user)
}

/// The caller must hold the permission, also for themselves: whoever has a token of a user who only gave a password must
/// not name the telephone that proves the user.
///
/// # Errors
/// [`Error::Denied`].
pub(super) fn demand_right(ctx: &Ctx, verb: Verb, user: Option<UserId>) -> Result<()> {
    let permission = match verb {
        Verb::Read => Permission::Read(Area::DeviceAuthentications),
        _ => Permission::Write(Area::DeviceAuthentications),
    };
    ctx.demand(permission, verb, user)
}

/// Whether the account may prove factors under the policy. A disabled user may not, whether the policy says so or not
/// (MFA contract 6.1); that is the safe reading of `blockDisabledUsers`.
///
/// # Errors
/// `ACCOUNT_NOT_USABLE`.
pub(super) fn usable(user: &User, policy: &DevicePolicy, now: Timestamp) -> Result<()> {
    let why = if !user.enabled {
        "The user is disabled."
    } else if policy.respects_user_lock() && user.account.is_locked(now) {
        "The account of the user is locked."
    } else if !user.mfa_enabled && policy.blocks_users_with_disabled_mfa() {
        "MFA is not enabled for the user."
    } else {
        return Ok(());
    };
    Err(Error::refused(Problem::new(Code::AccountNotUsable, why)))
}
