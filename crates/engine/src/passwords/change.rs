//! Sets a new password: against the policy and the history, hashed outside the transaction.

use postern_core::directory::user::User;
use postern_core::ids::UserId;
use postern_core::password::{PasswordHash, encoding_of};
use postern_core::problem::{Code, Problem};
use postern_core::random::Random;
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use postern_store::sql::Tx;
use postern_store::tables::password::{self, PasswordRow};
use postern_store::tables::recovery_code;
use serde::{Deserialize, Serialize};

use super::state::StateView;
use super::{Holder, read_hash};
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, roles, sessions, tokens};

/// Most earlier hashes that are kept.
const MOST_KEPT: usize = 24;

/// Why a password is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An administrator sets a value that stays.
    Set {
        /// Demands a change at the next sign-on.
        force_change: bool,
        /// Leaves the policy aside.
        bypass_policy: bool,
    },
    /// An administrator sets a value that must be changed.
    Reset,
    /// The user changes it, knowing the current one.
    Own,
    /// The user has a recovery code.
    Recovered,
}

/// What a new password is held against.
#[derive(Debug, Clone)]
pub struct Change {
    holder: Holder,
    origin: Origin,
    /// The property that carries the value, for problems.
    target: &'static str,
    now: Timestamp,
    random: Random,
}

/// A new password, ready to be recorded.
#[derive(Clone)]
pub struct Changed {
    user: UserId,
    origin: Origin,
    hash: PasswordHash,
    expected: Option<String>,
    history: String,
    /// Rules that were left aside, by their wire names.
    pub warnings: Vec<&'static str>,
}

impl std::fmt::Debug for Changed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changed")
            .field("user", &self.user)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Changed {
    /// Whose password it is.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
}

/// An earlier hash, with the time it was replaced.
#[derive(Clone, Serialize, Deserialize)]
struct Earlier {
    hash: String,
    at: Timestamp,
}

/// Loads what a new password is held against. `target` names the property with the value.
///
/// # Errors
/// [`Error::NotFound`]; a refusal for users of an external identity provider; [`Error::Denied`] when somebody else with
/// fewer rights decides about a password of one with more.
pub async fn prepare_change(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    origin: Origin,
    target: &'static str,
) -> Result<Change> {
    let holder = super::holder(tx, ctx, user).await?;
    super::own_password_only(&holder.user)?;
    if matches!(origin, Origin::Set { .. } | Origin::Reset) {
        roles::may_control_user(tx, ctx, user).await?;
    }
    Ok(Change { holder, origin, target, now: ctx.now, random: ctx.random.clone() })
}

impl Change {
    /// Checks the value and hashes it. `current` is the present password where the user gave it. Costly: for a blocking thread.
    ///
    /// # Errors
    /// [`Error::Invalid`] that names every rule the value breaks.
    pub fn make(self, value: &Secret, current: Option<&Secret>) -> Result<Changed> {
        let bypass = matches!(self.origin, Origin::Set { bypass_policy: true, .. });
        let (hash, warnings) = match self.imported(value)? {
            Some(hash) => (hash, Vec::new()),
            None => {
                let broken = self.broken_rules(value, current);
                if !bypass && !broken.is_empty() {
                    return Err(Error::invalid(violation(self.target, &broken)));
                }
                (PasswordHash::new(value.expose(), &self.random), broken)
            }
        };
        Ok(Changed {
            user: self.holder.user.id,
            origin: self.origin,
            hash,
            expected: self.holder.row.as_ref().map(|row| row.hash.clone()),
            history: self.next_history()?,
            warnings,
        })
    }

    /// An encoded value that an administrator moves here; its clear text is not known, so no rule applies.
    fn imported(&self, value: &Secret) -> Result<Option<PasswordHash>> {
        if !matches!(self.origin, Origin::Set { .. }) || encoding_of(value.expose()).is_none() {
            return Ok(None);
        }
        PasswordHash::recognise(value.expose())
            .map_err(|error| Error::invalid(Problem::invalid(self.target, error.to_string())))
    }

    fn broken_rules(&self, value: &Secret, current: Option<&Secret>) -> Vec<&'static str> {
        let profile = profile(&self.holder.user);
        let profile: Vec<&str> = profile.iter().map(String::as_str).collect();
        let policy = &self.holder.policy;
        let mut broken =
            policy.check(value.expose(), &profile, current.map(|current| current.expose().as_str()));
        if self.origin == Origin::Own && self.too_young() {
            broken.push("minAgeDays");
        }
        // Comparing with earlier hashes is dear, so it is left out for a value that is refused anyway.
        if broken.is_empty() && self.was_used(value) {
            broken.push("history");
        }
        broken
    }

    fn too_young(&self) -> bool {
        let forced = self.holder.row.as_ref().is_some_and(|row| row.must_change);
        let age = self.holder.row.as_ref().map(|row| self.now.since(row.changed_at));
        let least = self.holder.policy.min_age_days.map(|days| Span::days(i64::from(days)));
        !forced && age.zip(least).is_some_and(|(age, least)| age < least)
    }

    fn was_used(&self, value: &Secret) -> bool {
        let Some(rule) = self.holder.policy.history else { return false };
        let Some(row) = &self.holder.row else { return false };
        let oldest = self.now.minus(Span::days(i64::from(rule.retention_days)));
        let earlier =
            history(row).into_iter().rev().filter(|earlier| earlier.at >= oldest).map(|earlier| earlier.hash);
        let count = usize::try_from(rule.count).unwrap_or(usize::MAX);
        std::iter::once(row.hash.clone())
            .chain(earlier)
            .take(count)
            .any(|hash| read_hash(&hash).verify(value.expose()))
    }

    /// The history with the present hash added, cut to what the policy looks at.
    fn next_history(&self) -> Result<String> {
        let mut all = self.holder.row.as_ref().map(history).unwrap_or_default();
        if let Some(row) = &self.holder.row {
            all.push(Earlier { hash: row.hash.clone(), at: self.now });
        }
        let keep = self
            .holder
            .policy
            .history
            .map_or(0, |rule| usize::try_from(rule.count).unwrap_or(0))
            .min(MOST_KEPT);
        let surplus = all.len().saturating_sub(keep);
        all.drain(..surplus);
        serde_json::to_string(&all).map_err(Error::internal)
    }
}

fn history(row: &PasswordRow) -> Vec<Earlier> {
    serde_json::from_str(&row.history).unwrap_or_default()
}

/// Values of the user that a password may not contain.
fn profile(user: &User) -> Vec<String> {
    let name = user.name.clone().unwrap_or_default();
    [
        Some(user.username.clone()),
        Some(user.email.clone()),
        name.given,
        name.family,
        user.nickname.clone(),
        user.mobile_phone.clone(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn violation(target: &str, broken: &[&'static str]) -> Problem {
    Problem::new(Code::InvalidValue, "New password did not satisfy password policy requirements")
        .at(target)
        .with("unsatisfiedRequirements", broken.to_vec())
}

/// Records a new password. Sessions of the user end unless the user made the change.
///
/// # Errors
/// A refusal when the password was changed meanwhile by somebody else, or the recovery code was used.
pub async fn record_change(tx: &mut Tx, ctx: &Ctx, changed: &Changed) -> Result<StateView> {
    let must_change = match changed.origin {
        Origin::Set { force_change, .. } => force_change,
        Origin::Reset => true,
        Origin::Own | Origin::Recovered => false,
    };
    let row = PasswordRow {
        environment: ctx.environment,
        user: changed.user,
        hash: changed.hash.as_str().to_owned(),
        must_change,
        failures: 0,
        locked_until: None,
        changed_at: ctx.now,
        history: changed.history.clone(),
    };
    if changed.origin != Origin::Own {
        tokens::revoke_user(tx, ctx, changed.user).await?;
        sessions::end_all(tx, ctx, changed.user).await?;
    }
    if !password::set(tx, &row, changed.expected.as_deref()).await? {
        return Err(Error::refused(Problem::new(
            Code::ConstraintViolation,
            "The password was changed by another request.",
        )));
    }
    let consumed = recovery_code::consume(tx, ctx.environment, changed.user).await?;
    if changed.origin == Origin::Recovered && !consumed {
        return Err(super::recovery::wrong());
    }
    let view = super::state(tx, ctx, changed.user).await?;
    let action = match changed.origin {
        Origin::Set { .. } => "PASSWORD.SET",
        Origin::Reset | Origin::Own => "PASSWORD.RESET",
        Origin::Recovered => "PASSWORD.RECOVERED",
    };
    audit::record(tx, ctx, Event::new(action, Subject::of(&view.holder.user))).await?;
    Ok(view)
}

/// Sets the password of a user that was just made, to a hash that was made before.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, ctx: &Ctx, user: UserId, hash: &PasswordHash, must_change: bool) -> Result<()> {
    let row = PasswordRow {
        environment: ctx.environment,
        user,
        hash: hash.as_str().to_owned(),
        must_change,
        failures: 0,
        locked_until: None,
        changed_at: ctx.now,
        history: "[]".to_owned(),
    };
    password::set(tx, &row, None).await?;
    Ok(())
}
