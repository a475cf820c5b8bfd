//! Pairs a device (MFA contract 1.3).

use postern_core::devices::device::{ACTIVATION_TIME, MAX_PENDING};
use postern_core::devices::input::NewDevice;
use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, UserId};
use postern_core::problem::{Code, Problem};
use postern_store::documents::{self, Condition, Op, Select};
use postern_store::sql::Tx;
use postern_store::tables::{device_order, otp};

use super::activation;
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, device_policies, mfa_settings};

/// Pairs a device: at once when an administrator says so, else with a code to its address.
///
/// # Errors
/// [`Error::NotFound`] without the user; [`Error::Invalid`] for what the policy does not allow or is paired already;
/// [`Error::Refused`] with `LIMIT_EXCEEDED` beyond the limits.
pub async fn create(tx: &mut Tx, ctx: &Ctx, user: UserId, wanted: &NewDevice) -> Result<Stored<Device>> {
    let user =
        documents::find_locked::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    let status = status(ctx, &user, wanted)?;
    let policy = device_policies::effective(tx, ctx, wanted.policy, "policy.id").await?;
    let method = device_policies::method(&policy, wanted.kind);
    let settings = mfa_settings::load(tx, ctx).await?;
    if !method.as_ref().is_some_and(|method| method.enabled && !method.pairing_disabled) {
        return Err(Error::invalid(Problem::invalid(
            "type",
            format!("{} is not enabled in the policy", wanted.kind),
        )));
    }
    if wanted.extension.is_some() && !settings.allows_phone_extensions() {
        return Err(Error::invalid(Problem::invalid(
            "extension",
            "phone extensions are not enabled in the MFA settings",
        )));
    }
    let (active, pending) = device_order::counts(tx, ctx.environment, user.id).await?;
    let most = settings.pairing.max_allowed_devices;
    if active >= most {
        return Err(limit("Maximum allowed devices has been reached", most));
    }
    if status == DeviceStatus::ActivationRequired && pending >= MAX_PENDING {
        return Err(limit("Maximum devices that wait for activation has been reached", MAX_PENDING));
    }
    refuse_duplicates(tx, ctx, user.id, wanted, active, pending).await?;

    let mut device = Stored::new(
        ctx.environment,
        DeviceId::new(&ctx.random),
        ctx.now,
        record(ctx, user.id, wanted, status),
    );
    let event = Event::new("DEVICE.CREATED", Subject::of(&device)).and(Subject::of(&user));
    if status == DeviceStatus::ActivationRequired {
        activation::challenge(tx, ctx, &user, &mut device, &policy, &wanted.notification).await?;
    }
    documents::insert(tx, &device).await?;
    audit::record(tx, ctx, event).await?;
    if status == DeviceStatus::Active {
        audit::record(tx, ctx, Event::new("DEVICE.ACTIVATED", Subject::of(&device)).and(Subject::of(&user)))
            .await?;
    }
    Ok(device)
}

fn status(ctx: &Ctx, user: &Stored<User>, wanted: &NewDevice) -> Result<DeviceStatus> {
    match (ctx.caller.is_self(user.id), wanted.status) {
        (true, Some(DeviceStatus::Active)) => {
            let text = "users can only pair their own devices with ACTIVATION_REQUIRED";
            Err(Error::invalid(Problem::not_allowed("status", &["ACTIVATION_REQUIRED"]).saying(text)))
        }
        (true, _) => Ok(DeviceStatus::ActivationRequired),
        (false, status) => Ok(status.unwrap_or(DeviceStatus::Active)),
    }
}

fn record(ctx: &Ctx, user: UserId, wanted: &NewDevice, status: DeviceStatus) -> Device {
    Device {
        user,
        kind: wanted.kind,
        status,
        nickname: wanted.nickname.clone(),
        phone: wanted.phone.clone(),
        extension: wanted.extension.clone(),
        email: wanted.email.clone(),
        position: ctx.now.micros(),
        activate_before: (status == DeviceStatus::ActivationRequired).then(|| ctx.now.plus(ACTIVATION_TIME)),
        policy: wanted.policy,
        test_mode: wanted.test_mode,
        test_otp: None,
        lock: None,
        blocked_at: None,
    }
}

/// An active twin refuses the pairing; one that never was activated makes room.
async fn refuse_duplicates(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    wanted: &NewDevice,
    active: i64,
    pending: i64,
) -> Result<()> {
    if active == 0 && pending == 0 {
        return Ok(());
    }
    let own = Condition::Compare { column: "user_id", op: Op::Eq, value: user.into() };
    let same = Condition::Compare { column: "type", op: Op::Eq, value: wanted.kind.as_str().into() };
    let select = Select { condition: Condition::All(vec![own, same]), after: None, limit: 100 };
    let key = wanted.phone.as_deref().or(wanted.email.as_deref()).map(postern_core::filter::fold);
    for twin in documents::list::<Device>(tx, ctx.environment, &select).await? {
        if twin.address().map(postern_core::filter::fold) != key {
            continue;
        }
        if twin.status == DeviceStatus::Active {
            let target = if wanted.kind == DeviceType::Email { "email" } else { "phone" };
            return Err(Error::invalid(Problem::not_unique(target).with("existingId", twin.id.to_string())));
        }
        otp::forget(tx, ctx.environment, twin.id).await?;
        documents::delete::<Device>(tx, ctx.environment, twin.id).await?;
    }
    Ok(())
}

/// A limit that is reached.
pub(super) fn limit(message: &str, most: i64) -> Error {
    Error::refused(Problem::new(Code::LimitExceeded, message).with("maximumAllowed", most))
}
