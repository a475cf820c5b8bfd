//! Compares a password, and counts what came of it.

use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::UserId;
use postern_core::password::{PasswordHash, PasswordPolicy};
use postern_core::random::Random;
use postern_core::secret::Secret;
use postern_core::time::Span;
use postern_store::sql::Tx;
use postern_store::tables::password::{self, PasswordRow};

use super::state::{State, locked_out, of_row};
use super::{Holder, read_hash};
use crate::audit::{self, Event, Subject as Audited};
use crate::{Ctx, Error, Result, Verdict};

/// What a password is compared with. An unknown user has a hash that no password fits, so that the answer takes as long.
#[derive(Debug, Clone)]
pub struct Check {
    holder: Option<Holder>,
    hash: PasswordHash,
    random: Random,
}

/// What the comparison gave; nothing of it may be told before it is recorded.
#[derive(Debug, Clone)]
pub struct Checked {
    holder: Option<Holder>,
    right: bool,
    rehashed: Option<PasswordHash>,
}

/// Loads what a user's password is compared with.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn prepare_check(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<Check> {
    let holder = super::holder(tx, ctx, user).await?;
    Ok(Check::of(Some(holder), ctx))
}

/// The same by user name; an unknown name is not an error yet.
///
/// # Errors
/// Those of the database.
pub async fn prepare_check_by_name(tx: &mut Tx, ctx: &Ctx, username: &str) -> Result<Check> {
    let holder = match super::find_user(tx, ctx, username).await? {
        Some(user) => Some(super::with_password(tx, ctx, user).await?),
        None => None,
    };
    Ok(Check::of(holder, ctx))
}

impl Check {
    fn of(holder: Option<Holder>, ctx: &Ctx) -> Self {
        let row = holder.as_ref().and_then(|holder| holder.row.as_ref());
        let hash = row.map_or_else(PasswordHash::dummy, |row| read_hash(&row.hash));
        Self { holder, hash, random: ctx.random.clone() }
    }

    /// Compares. Costly: for a blocking thread.
    #[must_use]
    pub fn compare(self, candidate: &Secret) -> Checked {
        let has_password = self.holder.as_ref().is_some_and(|holder| holder.row.is_some());
        let right = self.hash.verify(candidate.expose()) & has_password;
        let rehashed =
            (right && self.hash.needs_rehash()).then(|| PasswordHash::new(candidate.expose(), &self.random));
        Checked { holder: self.holder, right, rehashed }
    }
}

impl Checked {
    /// The user whose password was compared, right or not.
    #[must_use]
    pub fn user(&self) -> Option<&Stored<User>> {
        self.holder.as_ref().map(|holder| &holder.user)
    }

    /// Whether the user is known and has a password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.holder.as_ref().is_some_and(|holder| holder.row.is_some())
    }

    /// The user with policy and password.
    #[must_use]
    pub fn holder(&self) -> Option<&Holder> {
        self.holder.as_ref()
    }
}

/// Counts the comparison. Right: gives the state, which is `Ok`, `MustChange` or `Expired`.
/// The effects of both verdicts must be kept.
///
/// # Errors
/// Those of the database. The verdict refuses with `wrong`, or with `PASSWORD_LOCKED_OUT`.
pub async fn record_check(
    tx: &mut Tx,
    ctx: &Ctx,
    checked: &Checked,
    wrong: impl Fn() -> Error + Send,
) -> Result<Verdict<State>> {
    let Some(holder) = &checked.holder else {
        // Names that nobody has leave no trace, or anybody could fill the audit trail.
        return Ok(Verdict::Refused(wrong()));
    };
    // Locked, so that checks which arrive together are counted one after the other.
    let Some(row) = password::find_locked(tx, ctx.environment, holder.user.id).await? else {
        audit::record(tx, ctx, Event::failed("PASSWORD.CHECK_FAILED", Audited::of(&holder.user))).await?;
        return Ok(Verdict::Refused(wrong()));
    };
    let state = of_row(&row, &holder.policy, ctx.now);
    if let State::LockedOut { until } = state {
        return Ok(Verdict::Refused(locked_out(until, ctx.now)));
    }
    // The password was changed while the old one was compared: the comparison says nothing.
    if holder.row.as_ref().is_none_or(|compared| compared.hash != row.hash) {
        return Ok(Verdict::Refused(wrong()));
    }
    if checked.right {
        accepted(tx, ctx, &row, checked.rehashed.as_ref()).await?;
        return Ok(Verdict::Accepted(state));
    }
    audit::record(tx, ctx, Event::failed("PASSWORD.CHECK_FAILED", Audited::of(&holder.user))).await?;
    match count(tx, ctx, holder, &holder.policy).await? {
        Some(locked) => Ok(Verdict::Refused(locked)),
        None => Ok(Verdict::Refused(wrong())),
    }
}

async fn accepted(tx: &mut Tx, ctx: &Ctx, row: &PasswordRow, rehashed: Option<&PasswordHash>) -> Result<()> {
    if row.failures > 0 || row.locked_until.is_some() {
        password::forgive(tx, ctx.environment, row.user).await?;
    }
    if let Some(new) = rehashed {
        password::rehash(tx, ctx.environment, row.user, &row.hash, new.as_str()).await?;
    }
    Ok(())
}

/// Counts a wrong try. Gives the refusal when it was one too many.
async fn count(tx: &mut Tx, ctx: &Ctx, holder: &Holder, policy: &PasswordPolicy) -> Result<Option<Error>> {
    let failures = password::count_failure(tx, ctx.environment, holder.user.id, ctx.now).await?;
    let Some(rule) = policy.lockout.filter(|rule| rule.failure_count > 0) else { return Ok(None) };
    if failures < i64::from(rule.failure_count) {
        return Ok(None);
    }
    let until = ctx.now.plus(Span::seconds(i64::from(rule.duration_seconds)));
    password::lock(tx, ctx.environment, holder.user.id, until).await?;
    audit::record(tx, ctx, Event::new("PASSWORD.LOCKED", Audited::of(&holder.user))).await?;
    Ok(Some(locked_out(until, ctx.now)))
}
