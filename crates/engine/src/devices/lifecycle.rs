//! What happens to a device after its pairing: nickname, block, unlock, removal (MFA contract 1.11 to 1.16).

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, UserId};
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::{device_order, otp};

use super::reading::get;
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, oath, phones, roles};

/// Gives it a nickname; an empty one removes it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn rename(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    id: DeviceId,
    nickname: &str,
) -> Result<Stored<Device>> {
    change(tx, ctx, user, id, "DEVICE.NICKNAME_UPDATED", |device| device.rename(nickname)).await
}

/// Keeps it from being used until it is unblocked.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn block(tx: &mut Tx, ctx: &Ctx, user: UserId, id: DeviceId) -> Result<Stored<Device>> {
    let now = ctx.now;
    change(tx, ctx, user, id, "DEVICE.BLOCKED", move |device| device.blocked_at = Some(now)).await
}

/// Lets it be used again.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn unblock(tx: &mut Tx, ctx: &Ctx, user: UserId, id: DeviceId) -> Result<Stored<Device>> {
    change(tx, ctx, user, id, "DEVICE.UNBLOCKED", |device| device.blocked_at = None).await
}

/// Ends its lock and gives its tries back. A code that waits is void, or the tries given back would be more tries for it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn unlock(tx: &mut Tx, ctx: &Ctx, user: UserId, id: DeviceId) -> Result<Stored<Device>> {
    let now = ctx.now;
    let device = change(tx, ctx, user, id, "DEVICE.UNLOCKED", move |device| {
        device.lock = None;
        if let Some(app) = device.mobile.as_deref_mut() {
            app.forgive_pushes(now);
        }
    })
    .await?;
    otp::forget(tx, ctx.environment, id).await?;
    Ok(device)
}

async fn change(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    id: DeviceId,
    event: &'static str,
    apply: impl FnOnce(&mut Device),
) -> Result<Stored<Device>> {
    roles::may_control_user(tx, ctx, user).await?;
    let mut device = get(tx, ctx, user, id).await?;
    apply(&mut device.body);
    documents::update(tx, &mut device, ctx.now).await?;
    audit::record(tx, ctx, Event::new(event, Subject::of(&device))).await?;
    Ok(device)
}

/// Removes it with its codes. A user without an order who is left with one device has an order again.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(tx: &mut Tx, ctx: &Ctx, user: UserId, id: DeviceId) -> Result<()> {
    roles::may_control_user(tx, ctx, user).await?;
    let device = get(tx, ctx, user, id).await?;
    oath::release(tx, ctx, &device).await?;
    remove(tx, ctx, &device).await
}

/// The same, but a hardware token that it holds is the caller's to free.
pub(crate) async fn remove(tx: &mut Tx, ctx: &Ctx, device: &Stored<Device>) -> Result<()> {
    let (user, id) = (device.user, device.id);
    otp::forget(tx, ctx.environment, id).await?;
    phones::forget(tx, ctx.environment, id).await?;
    if !documents::delete::<Device>(tx, ctx.environment, id).await? {
        return Err(Error::NotFound("device"));
    }
    if device.has_place() && device_order::counts(tx, ctx.environment, user).await?.0 <= 1 {
        device_order::start(tx, ctx.environment, user).await?;
    }
    audit::record(tx, ctx, Event::new("DEVICE.DELETED", Subject::of(device))).await
}

/// Removes devices of all environments whose time is over: never activated, or browsers that are remembered no longer.
/// Gives how many.
///
/// # Errors
/// Those of the database.
pub async fn sweep_abandoned(tx: &mut Tx, ctx: &Ctx, limit: i64) -> Result<usize> {
    let abandoned = device_order::abandoned(tx, ctx.now, limit).await?;
    for (environment, id) in &abandoned {
        otp::forget(tx, *environment, *id).await?;
        documents::delete::<Device>(tx, *environment, *id).await?;
    }
    Ok(abandoned.len())
}
