//! Wrong answers of a device: counted before anything is compared, whatever the method.
//!
//! A try is taken first and given back by a success, so that concurrent answers
//! never learn more than the policy allows. The try that uses up the last one
//! locks the device for the cool-down and voids its codes. Whatever a policy
//! says, [`LIFETIME`] wrong answers without a success between them end it: only an
//! administrator's unlock helps then.

use postern_core::devices::{Device, Lock, LockReason};
use postern_core::entity::Stored;
use postern_core::policy::Method;
use postern_core::problem::{Code, Problem};
use postern_core::time::{Span, Timestamp};
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::otp::{self, Tries};

use crate::audit::{self, Event, Subject};
use crate::challenges::OtpRules;
use crate::{Ctx, Error, Result, lockout};

/// Wrong answers in a row that an authenticator may give in its life (NIST SP 800-63B-4, 3.2.2).
pub const LIFETIME: i64 = 100;
/// A lock that does not end by itself.
const FOR_GOOD: Span = Span::days(36_500);

/// What a policy says about wrong answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TryRules {
    /// Tries before the device is locked, 1 to 7.
    pub tries: i64,
    /// How long it stays locked; zero: not at all, but a new code is needed.
    pub cool_down: Span,
}

impl From<Method> for TryRules {
    fn from(method: Method) -> Self {
        Self { tries: method.failure_count, cool_down: method.cool_down }
    }
}

impl From<OtpRules> for TryRules {
    fn from(rules: OtpRules) -> Self {
        Self { tries: rules.tries, cool_down: rules.cool_down }
    }
}

/// A try that was taken. It is owed a [`succeed`] or a [`fail`].
#[derive(Debug)]
#[must_use]
pub struct Taken {
    before: Tries,
}

/// Takes a try, unless the device is locked or has none left; then it gives the refusal, whose effects must be kept.
///
/// # Errors
/// Those of the database.
pub async fn admit(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    rules: TryRules,
) -> Result<std::result::Result<Taken, Error>> {
    match ready(tx, ctx, device).await? {
        Some(refusal) => Ok(Err(refusal)),
        None => take(tx, ctx, device, rules).await,
    }
}

/// The refusal while the device is locked. A lock that is over is taken away.
///
/// # Errors
/// Those of the database.
pub(crate) async fn ready(tx: &mut Tx, ctx: &Ctx, device: &mut Stored<Device>) -> Result<Option<Error>> {
    if let Some(lock) = device.locked(ctx.now) {
        return Ok(Some(exhausted(Some(lock.expires_at))));
    }
    if device.body.lock.take().is_some() {
        otp::renew_tries(tx, ctx.environment, device.id).await?;
        documents::update(tx, device, ctx.now).await?;
    }
    Ok(None)
}

/// Takes a try of a device that is [`ready`]. It is written down only once the answer turns out not to be right, which
/// nobody else can come before.
pub(crate) async fn take(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    rules: TryRules,
) -> Result<std::result::Result<Taken, Error>> {
    let before = otp::tries_to_count(tx, ctx.environment, device.id).await?;
    if before.spent < rules.tries && before.ever < LIFETIME {
        return Ok(Ok(Taken { before }));
    }
    // They were spent under other rules, or at this moment: the lock says until when.
    Ok(Err(lock(tx, ctx, device, rules, before.ever).await?))
}

/// The answer was right: all tries are given back.
///
/// # Errors
/// Those of the database.
pub async fn succeed(tx: &mut Tx, ctx: &Ctx, device: &Stored<Device>, taken: Taken) -> Result<()> {
    if taken.before.ever > 0 {
        otp::reset_tries(tx, ctx.environment, device.id).await?;
    }
    lockout::forgive(tx, ctx, device.user).await
}

/// The answer was neither right nor wrong: it takes another one to tell. The policy does not count the try, but the life
/// of the device does.
///
/// # Errors
/// Those of the database.
pub async fn give_back(tx: &mut Tx, ctx: &Ctx, device: &Stored<Device>, _taken: Taken) -> Result<()> {
    Ok(otp::count_in_life(tx, ctx.environment, device.id).await?)
}

/// The answer was wrong. Gives the refusal: that of `wrong` with the tries that are left, or that of the lock.
///
/// # Errors
/// Those of the database.
pub async fn fail(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    rules: TryRules,
    taken: Taken,
    wrong: impl FnOnce(i64) -> Error + Send,
) -> Result<Error> {
    let refusal = miss(tx, ctx, device, rules, taken, wrong).await?;
    lockout::count(tx, ctx, device.user).await?;
    Ok(refusal)
}

/// The same for one of several devices that the answer was meant for: the account is not counted.
pub(crate) async fn miss(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    rules: TryRules,
    taken: Taken,
    wrong: impl FnOnce(i64) -> Error + Send,
) -> Result<Error> {
    otp::count_try(tx, ctx.environment, device.id).await?;
    let (spent, ever) = (taken.before.spent + 1, taken.before.ever + 1);
    if spent < rules.tries && ever < LIFETIME {
        Ok(wrong(rules.tries - spent))
    } else {
        lock(tx, ctx, device, rules, ever).await
    }
}

async fn lock(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    rules: TryRules,
    ever: i64,
) -> Result<Error> {
    otp::consume_all(tx, ctx.environment, device.id).await?;
    let span = if ever >= LIFETIME { FOR_GOOD } else { rules.cool_down };
    if span == Span::ZERO {
        return Ok(exhausted(None));
    }
    let expires_at = ctx.now.plus(span);
    device.body.lock = Some(Lock { expires_at, reason: LockReason::Otp });
    documents::update(tx, device, ctx.now).await?;
    audit::record(tx, ctx, Event::new("DEVICE.LOCKED", Subject::of(device))).await?;
    Ok(exhausted(Some(expires_at)))
}

/// A wrong one-time passcode, for [`fail`].
#[must_use]
pub fn wrong_code(left: i64) -> Error {
    let problem =
        Problem::new(Code::InvalidOtp, "Invalid OTP provided").at("otp").with("attemptsRemaining", left);
    Error::invalid(problem)
}

/// No tries left: until then, or until another code is made.
pub(crate) fn exhausted(until: Option<Timestamp>) -> Error {
    let problem = Problem::new(Code::QuotaExceeded, "Too many unsuccessful OTP attempts.");
    Error::refused(match until {
        Some(end) => problem.with("coolDownExpiresAt", end.millis()),
        None => problem,
    })
}
