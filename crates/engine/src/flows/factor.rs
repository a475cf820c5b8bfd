//! The proofs of a factor: a code, the signature of a passkey, the decision on a phone.

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::flow::{Action, Flow, Status};
use postern_core::ids::{FlowId, Id};
use postern_core::mfa::input::AssertionAnswer;
use postern_core::mfa::{Asked, PushState};
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Tx;

use super::devices::policy_of;
use super::mfa::usable_subject;
use super::subject::facts;
use super::{Browser, Save, Snapshot, Subject, find, open, refused, resolve, settle};
use crate::audit::{self, Event, Subject as Audited};
use crate::{Ctx, Error, Result, Verdict, mfa};

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
    let Some(mut device) = asked_device(tx, ctx, &flow, &subject).await? else {
        let problem = Problem::invalid("device.id", "is not a device that can be used now");
        return Ok(Verdict::Refused(Error::invalid(problem)));
    };
    let policy = policy_of(tx, ctx, None, &flow).await?;
    if let Verdict::Refused(error) =
        mfa::check_code(tx, ctx, id.uuid(), &mut device, &policy, otp.expose()).await?
    {
        let name = match &error {
            Error::Refused(_) => "OTP.CHECK_FAILED",
            _ => "OTP.CHECK_INVALID",
        };
        let event = Event::failed(name, Audited::of(&subject.user)).and(Audited::of(&device));
        audit::record(tx, ctx, event).await?;
        return Ok(Verdict::Refused(error));
    }
    note(tx, ctx, "OTP.CHECK_SUCCESS", &subject, &device).await?;
    let facts = facts(ctx, &flow, Some(&subject));
    let next = flow.body.otp_accepted(device.kind, &facts).map_err(refused)?;
    let resolved = resolve(tx, ctx, None, &mut flow.body, Some(&subject), next).await?;
    Ok(Verdict::Accepted(settle(tx, ctx, flow, Some(subject), resolved, browser, Save::Update).await?))
}

/// Checks the signature of a passkey (`assertion.check`). The effects of both verdicts must be kept.
///
/// # Errors
/// [`Error::NotFound`] without the flow; `ACCOUNT_NOT_USABLE`. The verdict refuses at `assertion`, or with
/// `QUOTA_EXCEEDED`.
pub async fn check_assertion(
    tx: &mut Tx,
    ctx: &Ctx,
    id: FlowId,
    answer: &AssertionAnswer,
    browser: &Browser,
) -> Result<Verdict<Snapshot>> {
    let mut flow = open(tx, ctx, id, Action::AssertionCheck, browser).await?;
    let subject = usable_subject(tx, ctx, &flow).await?;
    let policy = policy_of(tx, ctx, None, &flow).await?;
    let Some(Asked::Assertion(asked)) = flow.asked().cloned() else {
        return Err(Error::internal("a flow that waits for a passkey asked none"));
    };
    let user = Some(subject.user.id);
    let device = match mfa::check_assertion(tx, ctx, &asked, user, &policy, answer).await? {
        Verdict::Accepted(device) => device,
        Verdict::Refused(error) => return Ok(Verdict::Refused(error)),
    };
    note(tx, ctx, "ASSERTION.CHECK_SUCCESS", &subject, &device).await?;
    let facts = facts(ctx, &flow, Some(&subject));
    let next = flow.body.assertion_accepted(device.kind, &facts).map_err(refused)?;
    let resolved = resolve(tx, ctx, None, &mut flow.body, Some(&subject), next).await?;
    Ok(Verdict::Accepted(settle(tx, ctx, flow, Some(subject), resolved, browser, Save::Update).await?))
}

/// Whether the flow waits for a push, so that reading it may move it.
#[must_use]
pub fn awaits_push(flow: &Flow) -> bool {
    flow.status == Status::PushConfirmationRequired
}

/// Looks what became of the push, and moves on if something did. For a browser that may not act the flow stays as it is.
///
/// # Errors
/// [`Error::NotFound`] without the flow; `ACCOUNT_NOT_USABLE`.
pub async fn follow_push(tx: &mut Tx, ctx: &Ctx, id: FlowId, browser: &Browser) -> Result<Snapshot> {
    let mut flow = find(tx, ctx, id).await?;
    let state = match flow.asked() {
        Some(Asked::Push(asked)) if awaits_push(&flow) && browser.may_act(tx, ctx, &flow).await? => {
            mfa::push_state(tx, ctx, asked).await?
        }
        _ => PushState::Waiting,
    };
    if state == PushState::Waiting {
        return super::settle::show(tx, ctx, flow).await;
    }
    let subject = usable_subject(tx, ctx, &flow).await?;
    let facts = facts(ctx, &flow, Some(&subject));
    let Some(next) = flow.body.push_moved(state, &facts).map_err(refused)? else {
        return super::settle::show(tx, ctx, flow).await;
    };
    let event = Event::new("AUTHENTICATION.UPDATED", Audited::of(&flow)).and(Audited::of(&subject.user));
    audit::record(tx, ctx, event).await?;
    let resolved = resolve(tx, ctx, None, &mut flow.body, Some(&subject), next).await?;
    settle(tx, ctx, flow, Some(subject), resolved, browser, Save::Update).await
}

async fn asked_device(
    tx: &mut Tx,
    ctx: &Ctx,
    flow: &Flow,
    subject: &Subject,
) -> Result<Option<Stored<Device>>> {
    let asked = flow.device().ok_or_else(|| Error::internal("a flow that waits for a code has no device"))?;
    let device = documents::find::<Device>(tx, ctx.environment, asked).await?;
    Ok(device.filter(|device| device.user == subject.user.id && device.blocked_at.is_none()))
}

async fn note(tx: &mut Tx, ctx: &Ctx, name: &str, subject: &Subject, device: &Stored<Device>) -> Result<()> {
    audit::record(tx, ctx, Event::new(name, Audited::of(&subject.user)).and(Audited::of(device))).await
}
