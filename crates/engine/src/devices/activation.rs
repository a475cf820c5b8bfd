//! Proves that a device belongs to its user (MFA contract 1.4, 1.9). The proofs of each kind are in [`super::pairing`].

use postern_core::devices::input::{NotificationChoice, Proof};
use postern_core::devices::{Device, DeviceStatus};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, UserId};
use postern_core::problem::Problem;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::device_order;

use super::creation::limit;
use super::pairing;
use super::reading::get;
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, Verdict, device_policies, mfa_settings, notifications, tries};

/// Checks the proof. Its `nickname`, if there is one, becomes the device's when the proof is right.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] when the device is active already; `LIMIT_EXCEEDED` beyond the limit of devices.
pub async fn activate(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    id: DeviceId,
    proof: &Proof,
) -> Result<Verdict<Stored<Device>>> {
    let owner =
        documents::find_locked::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    let mut device = waiting(tx, ctx, user, id).await?;
    let policy = device_policies::of_device(tx, ctx, &device).await?;
    let most = mfa_settings::load(tx, ctx).await?.pairing.max_allowed_devices;
    let (active, _) = device_order::counts(tx, ctx.environment, user).await?;
    if active >= most {
        return Err(limit("Maximum allowed devices has been reached", most));
    }
    if let Verdict::Refused(error) = pairing::prove(tx, ctx, &owner, &mut device, &policy, proof).await? {
        note_refusal(tx, ctx, &device, &error).await?;
        return Ok(Verdict::Refused(error));
    }
    device.body.activate(ctx.now);
    if let Some(nickname) = &proof.nickname {
        device.body.rename(nickname);
    }
    documents::update(tx, &mut device, ctx.now).await?;
    let event = Event::new("DEVICE.ACTIVATED", Subject::of(&device)).and(Subject::of(&owner));
    audit::record(tx, ctx, event).await?;
    notifications::new_device(tx, ctx, &owner, &device, &policy).await?;
    Ok(Verdict::Accepted(device))
}

async fn note_refusal(tx: &mut Tx, ctx: &Ctx, device: &Stored<Device>, error: &Error) -> Result<()> {
    let name = match (error, device.passkey.is_some()) {
        (_, true) => "DEVICE.ACTIVATION_FAILED",
        (Error::Refused(_), _) => "DEVICE.ACTIVATION_OTP_FAILED",
        _ => "DEVICE.ACTIVATION_OTP_INVALID",
    };
    audit::record(tx, ctx, Event::failed(name, Subject::of(device))).await
}

/// Sends a new pairing code; the old one is void.
///
/// # Errors
/// As [`activate`]; `QUOTA_EXCEEDED` while the device is locked; `LIMIT_EXCEEDED` when the day has no message left.
pub async fn resend(tx: &mut Tx, ctx: &Ctx, user: UserId, id: DeviceId) -> Result<Stored<Device>> {
    let owner = documents::find::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    let mut device = waiting(tx, ctx, user, id).await?;
    if let Some(lock) = device.locked(ctx.now) {
        return Err(tries::exhausted(Some(lock.expires_at)));
    }
    let policy = device_policies::of_device(tx, ctx, &device).await?;
    if !device.kind.receives_codes() {
        let text = format!("no code is sent to {} devices", device.kind);
        return Err(Error::invalid(Problem::invalid("type", text)));
    }
    pairing::challenge(tx, ctx, &owner, &mut device, &policy, &NotificationChoice::default()).await?;
    documents::update(tx, &mut device, ctx.now).await?;
    Ok(device)
}

async fn waiting(tx: &mut Tx, ctx: &Ctx, user: UserId, id: DeviceId) -> Result<Stored<Device>> {
    let device = get(tx, ctx, user, id).await?;
    if device.status == DeviceStatus::Active {
        return Err(Error::invalid(Problem::invalid("status", "Device is already ACTIVE.")));
    }
    Ok(device)
}
