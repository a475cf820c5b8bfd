//! The actions that need no proof: naming the user, choosing a device, taking a push back, beginning again.

use postern_core::directory::user::User;
use postern_core::flow::{Action, Flow, Next, Status};
use postern_core::ids::{DeviceId, FlowId};
use postern_core::mfa::Asked;
use postern_core::problem::Problem;
use postern_store::sql::Tx;

use super::devices::{Ask, counting, ignores_lock, policy_of};
use super::subject::facts;
use super::{Browser, Resolved, Save, Snapshot, Subject, not_usable, open, refused, resolve, settle};
use crate::{Ctx, Error, Result, lockout, mfa, passwords, tries};

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
    demand_usable(tx, ctx, &flow, &user).await?;
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
        return Err(tries::exhausted(Some(lock.expires_at)));
    }
    if !device.usable(ctx.now) {
        return Err(Error::invalid(Problem::invalid("device.id", "is not a device that can be used now")));
    }
    drop_push(tx, ctx, &flow).await?;
    let resolved = Resolved { next: Next::Device, devices, ask: Some(Ask { device, policy }) };
    settle(tx, ctx, flow, Some(subject), resolved, browser, Save::Update).await
}

/// Takes a push back (`cancel.push.authentication`).
///
/// # Errors
/// [`Error::NotFound`] without the flow; [`Error::Malformed`] when no push waits.
pub async fn cancel_push(tx: &mut Tx, ctx: &Ctx, id: FlowId, browser: &Browser) -> Result<Snapshot> {
    let mut flow = open(tx, ctx, id, Action::CancelPush, browser).await?;
    let subject = usable_subject(tx, ctx, &flow).await?;
    drop_push(tx, ctx, &flow).await?;
    let next = flow.body.push_cancelled().map_err(refused)?;
    let policy = policy_of(tx, ctx, None, &flow).await?;
    let devices = counting(tx, ctx, &flow, &policy, &subject).await?;
    let resolved = Resolved { next, devices, ask: None };
    settle(tx, ctx, flow, Some(subject), resolved, browser, Save::Update).await
}

/// A push that waits does not count any more once another device is asked.
async fn drop_push(tx: &mut Tx, ctx: &Ctx, flow: &Flow) -> Result<()> {
    match flow.asked() {
        Some(Asked::Push(asked)) if flow.status == Status::PushConfirmationRequired => {
            mfa::cancel_push(tx, ctx, asked).await
        }
        _ => Ok(()),
    }
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
    let user = lockout::hold(tx, ctx, user).await?;
    demand_usable(tx, ctx, flow, &user).await?;
    Ok(Subject::new(user, flow.is_conditional()))
}

/// Refuses a user who is disabled, or locked where the lock counts.
async fn demand_usable(tx: &mut Tx, ctx: &Ctx, flow: &Flow, user: &User) -> Result<()> {
    let usable = user.can_authenticate(ctx.now) || (user.enabled && ignores_lock(tx, ctx, flow).await?);
    if usable { Ok(()) } else { Err(not_usable()) }
}
