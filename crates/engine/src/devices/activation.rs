//! Proves that a device belongs to its user: sends the pairing code, checks it (MFA contract 1.4, 1.9).

use postern_core::devices::input::NotificationChoice;
use postern_core::devices::{Device, DeviceStatus};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, UserId};
use postern_core::policy::DevicePolicy;
use postern_core::problem::Problem;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::{device_order, otp};

use super::creation::limit;
use super::reading::{get, seal_test_code};
use crate::audit::{self, Event, Subject};
use crate::notifications::{self, Notice};
use crate::{Ctx, Error, Result, Verdict, challenges, device_policies, mfa_settings, quota};

/// The template of the pairing message.
const TEMPLATE: &str = "device_pairing";

/// Makes the pairing code and sends it, or keeps it for the answer when the device is for tests. The caller saves the device.
pub(super) async fn challenge(
    tx: &mut Tx,
    ctx: &Ctx,
    user: &Stored<User>,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    wording: &NotificationChoice,
) -> Result<()> {
    let rules = device_policies::rules(policy, device.kind)?;
    let (code, expires_at) = challenges::make(tx, ctx, otp::pairing(device.id), device, rules).await?;
    if device.test_mode {
        // Nothing is sent, but whoever guesses has the same tries for every code.
        quota::demand(tx, ctx, user.id, notifications::channel(device.kind)?).await?;
        device.body.test_otp = Some(seal_test_code(ctx, device.id, &code));
        return Ok(());
    }
    let notice = Notice {
        template: TEMPLATE,
        wording: &wording.template,
        user,
        device,
        code: Some(&code),
        expires_at,
    };
    notifications::send(tx, ctx, &notice).await
}

/// Checks the pairing code. The `nickname`, if there is one, becomes the device's when the code is right.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] when the device is active already; `LIMIT_EXCEEDED` beyond the limit of devices.
pub async fn activate(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    id: DeviceId,
    code: &str,
    nickname: Option<&str>,
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
    let rules = device_policies::rules(&policy, device.kind)?;
    match challenges::check(tx, ctx, otp::pairing(id), &mut device, rules, code).await? {
        Verdict::Refused(error) => {
            let name = match &error {
                Error::Refused(_) => "DEVICE.ACTIVATION_OTP_FAILED",
                _ => "DEVICE.ACTIVATION_OTP_INVALID",
            };
            audit::record(tx, ctx, Event::failed(name, Subject::of(&device))).await?;
            Ok(Verdict::Refused(error))
        }
        Verdict::Accepted(()) => {
            device.body.activate(ctx.now);
            if let Some(nickname) = nickname {
                device.body.rename(nickname);
            }
            documents::update(tx, &mut device, ctx.now).await?;
            audit::record(
                tx,
                ctx,
                Event::new("DEVICE.ACTIVATED", Subject::of(&device)).and(Subject::of(&owner)),
            )
            .await?;
            notifications::new_device(tx, ctx, &owner, &device, &policy).await?;
            Ok(Verdict::Accepted(device))
        }
    }
}

/// Sends a new pairing code; the old one is void.
///
/// # Errors
/// As [`activate`]; `QUOTA_EXCEEDED` while the device is locked; `LIMIT_EXCEEDED` when the day has no message left.
pub async fn resend(tx: &mut Tx, ctx: &Ctx, user: UserId, id: DeviceId) -> Result<Stored<Device>> {
    let owner = documents::find::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    let mut device = waiting(tx, ctx, user, id).await?;
    if let Some(lock) = device.locked(ctx.now) {
        return Err(challenges::exhausted(Some(lock.expires_at)));
    }
    let policy = device_policies::of_device(tx, ctx, &device).await?;
    challenge(tx, ctx, &owner, &mut device, &policy, &NotificationChoice::default()).await?;
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
