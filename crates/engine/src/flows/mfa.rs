//! The actions that need no password: naming the user, choosing a device, checking a code, beginning again.

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::flow::{Action, Next};
use postern_core::ids::{DeviceId, FlowId, Id};
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Tx;

use super::devices::{Ask, counting, policy_of};
use super::subject::facts;
use super::{Browser, Resolved, Save, Snapshot, Subject, not_usable, open, refused, resolve, settle};
use crate::audit::{self, Event, Subject as Audited};
use crate::{Ctx, Error, Result, Verdict, challenges, device_policies, passwords, users};

/// Names the user (`user.lookup`).
///
/// # Errors
/// [`Error::NotFound`] without the flow; [`Error::Invalid`] at `username`; `ACCOUNT_NOT_USABLE`.
pub async fn look_up(
    tx: &mut Tx,
    ctx: &Ctx,
    id: FlowId,
    username: &str,
    browser: &Browser,
) -> Result<Snapshot> {
    let mut flow = open(tx, ctx, id, Action::UserLookup, browser).await?;
    let unknown = || Error::invalid(Problem::invalid("username", "Invalid username."));
    let user = passwords::find_user(tx, ctx, username).await?.ok_or_else(unknown)?;
    if !user.can_authenticate(ctx.now) {
        return Err(not_usable());
    }
    let subject = Subject::new(user, flow.is_conditional());
    let facts = facts(ctx, &flow, Some(&subject));
    let next = flow.body.named(subject.flow_user(), &facts).map_err(|_| unknown())?;
    let resolved = resolve(tx, ctx, None, &mut flow.body, Some(&subject), next).await?;
    settle(tx, ctx, flow, Some(subject), resolved, browser, Save::Update).await
}

/// Chooses a device, or asks the same one again for another code (`device.select`).
///
/// # Errors
/// [`Error::NotFound`] without the flow; [`Error::Invalid`] at `device.id`; `QUOTA_EXCEEDED` when the device is locked;
/// `LIMIT_EXCEEDED` when the day has no message left for the user.
pub async fn select_device(
    tx: &mut Tx,
    ctx: &Ctx,
    id: FlowId,
    device: DeviceId,
    browser: &Browser,
) -> Result<Snapshot> {
    let flow = open(tx, ctx, id, Action::DeviceSelect, browser).await?;
    let subject = usable_subject(tx, ctx, &flow).await?;
    let policy = policy_of(tx, ctx, None, &flow).await?;
    let devices = counting(tx, ctx, &flow, &policy, &subject).await?;
    let chosen = devices.iter().find(|known| known.id == device).cloned();
    let device = chosen.ok_or_else(|| {
        Error::invalid(Problem::invalid("device.id", "is not a device that can be used here"))
    })?;
    if let Some(lock) = device.locked(ctx.now) {
        return Err(challenges::exhausted(Some(lock.expires_at)));
    }
    if !device.usable(ctx.now) {
        return Err(Error::invalid(Problem::invalid("device.id", "is not a device that can be used now")));
    }
    let resolved = Resolved { next: Next::Device, devices, ask: Some(Ask { device, policy }) };
    settle(tx, ctx, flow, Some(subject), resolved, browser, Save::Update).await
}

/// Checks the code (`otp.check`). The effects of both verdicts must be kept.
///
/// # Errors
/// [`Error::NotFound`] without the flow; `ACCOUNT_NOT_USABLE`. The verdict refuses with `INVALID_OTP` or `QUOTA_EXCEEDED`.
pub async fn check_otp(
    tx: &mut Tx,
    ctx: &Ctx,
    id: FlowId,
    otp: &Secret,
    browser: &Browser,
) -> Result<Verdict<Snapshot>> {
    let mut flow = open(tx, ctx, id, Action::OtpCheck, browser).await?;
    let subject = usable_subject(tx, ctx, &flow).await?;
    let asked = flow.device().ok_or_else(|| Error::internal("a flow that waits for a code has no device"))?;
    let device = documents::find::<Device>(tx, ctx.environment, asked)
        .await?
        .filter(|device| device.user == subject.user.id);
    let Some(mut device) = device.filter(|device| device.blocked_at.is_none()) else {
        return Ok(Verdict::Refused(Error::invalid(Problem::invalid(
            "device.id",
            "is not a device that can be used now",
        ))));
    };
    let policy = policy_of(tx, ctx, None, &flow).await?;
    let rules = device_policies::rules(&policy, device.kind)?;
    if let Verdict::Refused(error) =
        challenges::check(tx, ctx, id.uuid(), &mut device, rules, otp.expose()).await?
    {
        note_refusal(tx, ctx, &subject, &device, &error).await?;
        return Ok(Verdict::Refused(error));
    }
    let success = Event::new("OTP.CHECK_SUCCESS", Audited::of(&subject.user)).and(Audited::of(&device));
    audit::record(tx, ctx, success).await?;
    let facts = facts(ctx, &flow, Some(&subject));
    let next = flow.body.otp_accepted(device.kind, &facts).map_err(refused)?;
    let resolved = resolve(tx, ctx, None, &mut flow.body, Some(&subject), next).await?;
    Ok(Verdict::Accepted(settle(tx, ctx, flow, Some(subject), resolved, browser, Save::Update).await?))
}

async fn note_refusal(
    tx: &mut Tx,
    ctx: &Ctx,
    subject: &Subject,
    device: &Stored<Device>,
    error: &Error,
) -> Result<()> {
    let name = match error {
        Error::Refused(_) => "OTP.CHECK_FAILED",
        _ => "OTP.CHECK_INVALID",
    };
    audit::record(tx, ctx, Event::failed(name, Audited::of(&subject.user)).and(Audited::of(device))).await
}

/// Begins again as nobody (`session.reset`).
///
/// # Errors
/// [`Error::NotFound`] without the flow.
pub async fn reset(tx: &mut Tx, ctx: &Ctx, id: FlowId, browser: &Browser) -> Result<Snapshot> {
    let mut flow = open(tx, ctx, id, Action::SessionReset, browser).await?;
    let facts = facts(ctx, &flow, None);
    let next = flow.body.reset(&facts).map_err(refused)?;
    let subject = match flow.user() {
        Some(_) => Some(usable_subject(tx, ctx, &flow).await?),
        None => None,
    };
    let resolved = resolve(tx, ctx, None, &mut flow.body, subject.as_ref(), next).await?;
    settle(tx, ctx, flow, subject, resolved, browser, Save::Update).await
}

/// The user of the flow, who must still be allowed to sign on.
pub(super) async fn usable_subject(
    tx: &mut Tx,
    ctx: &Ctx,
    flow: &postern_core::flow::Flow,
) -> Result<Subject> {
    let user = flow.user().map(|user| user.id).ok_or_else(|| Error::internal("the flow has no user"))?;
    let user = users::get(tx, ctx, user).await?;
    if user.can_authenticate(ctx.now) {
        Ok(Subject::new(user, flow.is_conditional()))
    } else {
        Err(not_usable())
    }
}
