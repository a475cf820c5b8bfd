//! The state of a password as administrators and flows see it.

use postern_core::directory::user::IdentityProviderType;
use postern_core::ids::UserId;
use postern_core::password::PasswordPolicy;
use postern_core::problem::{Code, Problem};
use postern_core::time::{Span, Timestamp};
use postern_store::sql::Tx;
use postern_store::tables::password::{self, PasswordRow};

use super::Holder;
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result};

/// Whether a password may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It may.
    Ok,
    /// There is none.
    NoPassword,
    /// It is older than the policy allows.
    Expired,
    /// Too many wrong tries; it ends by itself.
    LockedOut {
        /// When.
        until: Timestamp,
    },
    /// It must be changed first.
    MustChange,
    /// Another identity provider checks it.
    External,
}

/// A password's state with what belongs to it.
#[derive(Debug, Clone)]
pub struct StateView {
    /// Whose password, and by which policy.
    pub holder: Holder,
    /// The state.
    pub state: State,
}

impl State {
    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::NoPassword => "NO_PASSWORD",
            Self::Expired => "PASSWORD_EXPIRED",
            Self::LockedOut { .. } => "PASSWORD_LOCKED_OUT",
            Self::MustChange => "MUST_CHANGE_PASSWORD",
            Self::External => "EXTERNAL",
        }
    }

    /// Seconds until the lock ends, rounded up.
    #[must_use]
    pub fn seconds_until_unlock(self, now: Timestamp) -> Option<i64> {
        match self {
            Self::LockedOut { until } => Some(seconds_up(until.since(now))),
            _ => None,
        }
    }
}

impl Holder {
    /// The state now.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        if self.user.identity_provider.kind != IdentityProviderType::PingOne {
            return State::External;
        }
        match &self.row {
            None => State::NoPassword,
            Some(row) => of_row(row, &self.policy, now),
        }
    }
}

pub(super) fn of_row(row: &PasswordRow, policy: &PasswordPolicy, now: Timestamp) -> State {
    if let Some(until) = row.locked_until.filter(|until| *until > now) {
        return State::LockedOut { until };
    }
    if row.must_change {
        return State::MustChange;
    }
    let too_old = |days: u32| now.since(row.changed_at) > Span::days(i64::from(days));
    if policy.max_age_days.is_some_and(|days| days > 0 && too_old(days)) { State::Expired } else { State::Ok }
}

/// `PASSWORD_LOCKED_OUT`, with the seconds until it ends.
pub(super) fn locked_out(until: Timestamp, now: Timestamp) -> Error {
    let problem =
        Problem::new(Code::PasswordLockedOut, "The password is locked after too many failed attempts.");
    Error::refused(problem.with("secondsUntilUnlock", seconds_up(until.since(now))))
}

fn seconds_up(span: Span) -> i64 {
    Span::micros(span.as_micros().saturating_add(999_999)).as_seconds()
}

/// The state of a user's password.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn state(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<StateView> {
    let holder = super::holder(tx, ctx, user).await?;
    let state = holder.state(ctx.now);
    Ok(StateView { holder, state })
}

/// Demands a new password at the next sign-on.
///
/// # Errors
/// [`Error::NotFound`]; `NO_PASSWORD`.
pub async fn force_change(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<StateView> {
    let before = super::holder(tx, ctx, user).await?;
    super::own_password_only(&before.user)?;
    if !password::force_change(tx, ctx.environment, user).await? {
        return Err(no_password());
    }
    audit::record(tx, ctx, Event::new("PASSWORD.FORCE_CHANGE", Subject::of(&before.user))).await?;
    state(tx, ctx, user).await
}

/// Forgets wrong tries and the lock.
///
/// # Errors
/// [`Error::NotFound`]; `NO_PASSWORD`.
pub async fn unlock(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<StateView> {
    let before = super::holder(tx, ctx, user).await?;
    super::own_password_only(&before.user)?;
    if before.row.is_none() {
        return Err(no_password());
    }
    password::forgive(tx, ctx.environment, user).await?;
    // MFA contract 2.2: it gives the MFA tries back too, unless they have locked the account.
    if !before.user.account.is_locked(ctx.now) {
        crate::lockout::forgive(tx, ctx, user).await?;
    }
    audit::record(tx, ctx, Event::new("PASSWORD.UNLOCKED", Subject::of(&before.user))).await?;
    state(tx, ctx, user).await
}

/// `NO_PASSWORD`.
#[must_use]
pub fn no_password() -> Error {
    Error::refused(Problem::new(Code::NoPassword, "The user has no password."))
}
