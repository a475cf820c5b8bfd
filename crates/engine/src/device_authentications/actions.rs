//! What moves a device authentication after its start: choosing a device, checking its answer, following a push.

use std::sync::Arc;

use postern_core::devices::Device;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceAuthenticationId, DeviceId, Id, UserId};
use postern_core::mfa::authentication::Selected;
use postern_core::mfa::input::AssertionAnswer;
use postern_core::mfa::{Action, Asked, Compatibility, DeviceAuthentication, PushState};
use postern_core::policy::DevicePolicy;
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Tx;

use super::{Snapshot, access, asking, find, open, refused, show};
use crate::audit::{self, Event, Subject};
use crate::mfa::candidates::usable;
use crate::mfa::{self, Candidates};
use crate::{Ctx, Error, Result, Verdict, device_policies, lockout, push, tries, users};

/// Chooses a device, or asks the same one again (`device.select`).
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `device.id`; `ACCOUNT_NOT_USABLE`; `QUOTA_EXCEEDED` when the device is
/// locked; `LIMIT_EXCEEDED` when the day has no message left for the user.
pub async fn select_device(
    tx: &mut Tx,
    ctx: &Ctx,
    id: DeviceAuthenticationId,
    device: DeviceId,
    browser: Compatibility,
) -> Result<Snapshot> {
    let mut authentication = open(tx, ctx, id, Action::DeviceSelect).await?;
    let (user, policy) = parties(tx, ctx, &authentication).await?;
    let candidates = Candidates::of(tx, ctx, user.id).await?;
    let chosen = candidates.find(device).cloned();
    let mut device = chosen.ok_or_else(|| {
        Error::invalid(Problem::invalid("device.id", "is not an active device of the user"))
    })?;
    if let Some(lock) = device.locked(ctx.now) {
        return Err(tries::exhausted(Some(lock.expires_at)));
    }
    if !usable(&device, &policy, browser, ctx.now) {
        return Err(Error::invalid(Problem::invalid("device.id", "is not a device that can be used now")));
    }
    drop_push(tx, ctx, &authentication).await?;
    let selected = Selected::Device(device.id);
    let test_code = asking::ask(tx, ctx, &mut authentication, &user, &policy, &mut device, selected).await?;
    documents::update(tx, &mut authentication, ctx.now).await?;
    show(tx, ctx, authentication, test_code).await
}

/// Checks a one-time passcode (`otp.check`). The effects of both verdicts must be kept.
///
/// # Errors
/// [`Error::NotFound`]; `ACCOUNT_NOT_USABLE`. The verdict refuses with `INVALID_OTP` or `QUOTA_EXCEEDED`.
pub async fn check_otp(
    tx: &mut Tx,
    ctx: &Ctx,
    id: DeviceAuthenticationId,
    otp: &Secret,
) -> Result<Verdict<Snapshot>> {
    let mut authentication = open(tx, ctx, id, Action::OtpCheck).await?;
    let (user, policy) = parties(tx, ctx, &authentication).await?;
    let mut device = match authentication.selected() {
        Some(Selected::OneTime(one_time)) => asking::unpaired(ctx, &authentication, &user, one_time),
        _ => asked_device(tx, ctx, &authentication, user.id).await?,
    };
    if let Verdict::Refused(error) =
        check_selected(tx, ctx, &authentication, &mut device, &policy, otp.expose()).await?
    {
        return Ok(Verdict::Refused(error));
    }
    drop_push(tx, ctx, &authentication).await?;
    authentication.body.code_accepted(device.kind).map_err(refused)?;
    let paired = authentication.device().is_some().then_some(&device);
    note_completion(tx, ctx, "OTP.CHECK_SUCCESS", user.id, paired).await?;
    save(tx, ctx, authentication).await.map(Verdict::Accepted)
}

/// Checks the code of a device, and notes a wrong one.
pub(super) async fn check_selected(
    tx: &mut Tx,
    ctx: &Ctx,
    authentication: &Stored<DeviceAuthentication>,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    otp: &str,
) -> Result<Verdict<()>> {
    let verdict = match authentication.selected() {
        Some(Selected::OneTime(_)) => {
            mfa::check_one_time(tx, ctx, authentication.id.uuid(), device, policy, otp).await?
        }
        _ => mfa::check_code(tx, ctx, authentication.id.uuid(), device, policy, otp).await?,
    };
    if let Verdict::Refused(error) = &verdict {
        let name = match error {
            Error::Refused(_) => "OTP.CHECK_FAILED",
            _ => "OTP.CHECK_INVALID",
        };
        let event = Event::failed(name, Subject::new::<User>(device.user)).and(Subject::of(device));
        audit::record(tx, ctx, event).await?;
    }
    Ok(verdict)
}

/// Checks the signature of a passkey (`assertion.check`). The effects of both verdicts must be kept.
///
/// # Errors
/// [`Error::NotFound`]; `ACCOUNT_NOT_USABLE`. The verdict refuses at `assertion`, or with `QUOTA_EXCEEDED`.
pub async fn check_assertion(
    tx: &mut Tx,
    ctx: &Ctx,
    id: DeviceAuthenticationId,
    answer: &AssertionAnswer,
) -> Result<Verdict<Snapshot>> {
    let mut authentication = open(tx, ctx, id, Action::AssertionCheck).await?;
    let policy = device_policies::effective(tx, ctx, Some(authentication.policy), "policy.id").await?;
    if let Some(user) = authentication.user() {
        access::usable(&lockout::hold(tx, ctx, user).await?.body, &policy, ctx.now)?;
    }
    let Some(Asked::Assertion(asked)) = authentication.asked().cloned() else {
        return Err(Error::internal("a device authentication that waits for a passkey asked none"));
    };
    let device = match mfa::check_assertion(tx, ctx, &asked, authentication.user(), &policy, answer).await? {
        Verdict::Accepted(device) => device,
        Verdict::Refused(error) => return Ok(Verdict::Refused(error)),
    };
    access::usable(&users::get(tx, ctx, device.user).await?.body, &policy, ctx.now)?;
    authentication.body.assertion_accepted(device.user, device.id, device.kind).map_err(refused)?;
    note_completion(tx, ctx, "ASSERTION.CHECK_SUCCESS", device.user, Some(&device)).await?;
    save(tx, ctx, authentication).await.map(Verdict::Accepted)
}

/// Takes a push back (`cancel.push.authentication`).
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`] when no push waits.
pub async fn cancel_push(tx: &mut Tx, ctx: &Ctx, id: DeviceAuthenticationId) -> Result<Snapshot> {
    let mut authentication = open(tx, ctx, id, Action::CancelPush).await?;
    drop_push(tx, ctx, &authentication).await?;
    authentication.body.cancelled().map_err(refused)?;
    save(tx, ctx, authentication).await
}

/// Looks what became of the push, and moves on if something did.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn follow_push(tx: &mut Tx, ctx: &Ctx, id: DeviceAuthenticationId) -> Result<Snapshot> {
    let mut authentication = find(tx, ctx, id, postern_core::permission::Verb::Read).await?;
    let state = match authentication.asked() {
        Some(Asked::Push(asked)) if authentication.allows(Action::CancelPush) => {
            mfa::push_state(tx, ctx, asked).await?
        }
        _ => PushState::Waiting,
    };
    if state == PushState::Waiting {
        return show(tx, ctx, authentication, None).await;
    }
    if let (PushState::TimedOut, Some(device)) = (state, authentication.device()) {
        push::note_overdue(tx, ctx, device).await?;
    }
    authentication.body.push_moved(state).map_err(refused)?;
    if let (PushState::Approved, Some(user)) = (state, authentication.user()) {
        let policy = device_policies::effective(tx, ctx, Some(authentication.policy), "policy.id").await?;
        access::usable(&users::get(tx, ctx, user).await?.body, &policy, ctx.now)?;
    }
    if let (Some(device), Some(user)) = (authentication.device(), authentication.user()) {
        let event = Event::new("AUTHENTICATION.UPDATED", Subject::of(&authentication))
            .and(Subject::new::<User>(user))
            .and(Subject::new::<Device>(device));
        audit::record(tx, ctx, event).await?;
    }
    save(tx, ctx, authentication).await
}

/// A push that waits does not count any more once another device is asked or a code was right.
async fn drop_push(tx: &mut Tx, ctx: &Ctx, authentication: &Stored<DeviceAuthentication>) -> Result<()> {
    match authentication.asked() {
        Some(Asked::Push(asked)) if authentication.allows(Action::CancelPush) => {
            mfa::cancel_push(tx, ctx, asked).await
        }
        _ => Ok(()),
    }
}

async fn save(tx: &mut Tx, ctx: &Ctx, mut authentication: Stored<DeviceAuthentication>) -> Result<Snapshot> {
    documents::update(tx, &mut authentication, ctx.now).await?;
    show(tx, ctx, authentication, None).await
}

/// The user and the policy, which must still allow to go on.
async fn parties(
    tx: &mut Tx,
    ctx: &Ctx,
    authentication: &Stored<DeviceAuthentication>,
) -> Result<(Stored<User>, Arc<Stored<DevicePolicy>>)> {
    let policy = device_policies::effective(tx, ctx, Some(authentication.policy), "policy.id").await?;
    let Some(user) = authentication.user() else {
        let why = "the user is not known yet";
        return Err(Error::invalid(Problem::invalid("device.id", why)));
    };
    let user = lockout::hold(tx, ctx, user).await?;
    access::usable(&user, &policy, ctx.now)?;
    Ok((user, policy))
}

async fn asked_device(
    tx: &mut Tx,
    ctx: &Ctx,
    authentication: &Stored<DeviceAuthentication>,
    user: UserId,
) -> Result<Stored<Device>> {
    let gone = || Error::invalid(Problem::invalid("device.id", "is not a device that can be used now"));
    let id = authentication.device().ok_or_else(gone)?;
    let device = documents::find::<Device>(tx, ctx.environment, id).await?;
    device.filter(|device| device.user == user && device.blocked_at.is_none()).ok_or_else(gone)
}

/// Records how a factor was proven.
pub(super) async fn note_completion(
    tx: &mut Tx,
    ctx: &Ctx,
    name: &str,
    user: UserId,
    device: Option<&Stored<Device>>,
) -> Result<()> {
    let event = Event::new(name, Subject::new::<User>(user));
    let event = match device {
        Some(device) => event.and(Subject::of(device)),
        None => event,
    };
    audit::record(tx, ctx, event).await
}
