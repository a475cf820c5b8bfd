//! Requests that were denied or not answered: noted, counted, and the device locked when the policy says so.

use postern_core::devices::{Device, Lock, LockReason};
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, PushRequestId};
use postern_core::mfa::push::request::PushRequest;
use postern_core::policy::DevicePolicy;
use postern_core::policy::device_authentication::MobileRules;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::push_request as table;

use super::open;
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Result};

/// Notes requests of the device that nobody answered in time.
///
/// # Errors
/// Those of the database.
pub async fn note_overdue(tx: &mut Tx, ctx: &Ctx, device: DeviceId) -> Result<()> {
    match documents::find::<Device>(tx, ctx.environment, device).await? {
        Some(mut device) => settle(tx, ctx, &mut device).await,
        None => Ok(()),
    }
}

/// The same for a device that is at hand.
pub(super) async fn settle(tx: &mut Tx, ctx: &Ctx, device: &mut Stored<Device>) -> Result<()> {
    for mut request in open(tx, ctx, device.id).await? {
        if request.body.time_out(ctx.now) {
            documents::update(tx, &mut request, ctx.now).await?;
            note_fail(tx, ctx, device, &request).await?;
        }
    }
    Ok(())
}

/// Counts a request that failed, and locks the device when it was one too many. Requests that the application answers
/// by itself count for nothing.
pub(super) async fn note_fail(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    request: &Stored<PushRequest>,
) -> Result<()> {
    if request.silence.is_some() {
        return Ok(());
    }
    let rules = rules(tx, ctx, request).await?;
    let Some(app) = device.body.mobile.as_deref_mut() else { return Ok(()) };
    let fails = app.note_push_fail(rules.push_period, ctx.now);
    let locks = fails >= rules.push_limit;
    if locks {
        let expires_at = ctx.now.plus(rules.push_lock);
        app.forgive_pushes(expires_at);
        device.body.lock = Some(Lock { expires_at, reason: LockReason::Push });
    }
    documents::update(tx, device, ctx.now).await?;
    if locks {
        audit::record(tx, ctx, Event::new("DEVICE.LOCKED", Subject::of(device))).await?;
    }
    Ok(())
}

/// The rules under which it was asked, as they are now.
async fn rules(tx: &mut Tx, ctx: &Ctx, request: &PushRequest) -> Result<MobileRules> {
    let policy = documents::find::<DevicePolicy>(tx, ctx.environment, request.policy).await?;
    Ok(policy.and_then(|policy| policy.mobile_rules(request.application)).unwrap_or_default())
}

/// Notes requests of all environments that nobody answered in time, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub async fn sweep_overdue(tx: &mut Tx, ctx: &Ctx, limit: i64) -> Result<u64> {
    let overdue = table::overdue(tx, ctx.now, limit).await?;
    for (environment, id) in &overdue {
        let ctx = Ctx { environment: *environment, ..ctx.clone() };
        settle_one(tx, &ctx, *id).await?;
    }
    Ok(u64::try_from(overdue.len()).unwrap_or(u64::MAX))
}

async fn settle_one(tx: &mut Tx, ctx: &Ctx, id: PushRequestId) -> Result<()> {
    let Some(mut request) = documents::find::<PushRequest>(tx, ctx.environment, id).await? else {
        return Ok(());
    };
    if !request.body.time_out(ctx.now) {
        return Ok(());
    }
    documents::update(tx, &mut request, ctx.now).await?;
    if let Some(mut device) = documents::find::<Device>(tx, ctx.environment, request.device).await? {
        note_fail(tx, ctx, &mut device, &request).await?;
    }
    Ok(())
}
