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
use crate::{Ctx, Error, Result, challenges, device_policies, mfa_settings};

/// Pairs a device: at once when an administrator says so, else with a code to its address.
///
/// # Errors
/// [`Error::NotFound`] without the user; [`Error::Invalid`] for what the policy does not allow or is paired already;
/// [`Error::Refused`] with `LIMIT_EXCEEDED` beyond the limits, with `QUOTA_EXCEEDED` while a twin that waits for its
/// activation is locked.
pub async fn create(tx: &mut Tx, ctx: &Ctx, user: UserId, wanted: &NewDevice) -> Result<Stored<Device>> {
    let user =
        documents::find_locked::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    let settings = mfa_settings::load(tx, ctx).await?;
    let mut problems = Vec::new();
    let status = noting(&mut problems, status(ctx, &user, wanted))?;
    if wanted.test_mode && ctx.caller.is_self(user.id) {
        // The answer would tell the code that is to prove whose device it is.
        problems.push(Problem::invalid("testMode", "users cannot pair their own devices for tests"));
    }
    let policy = device_policies::effective(tx, ctx, wanted.policy, "policy.id").await;
    let policy = noting(&mut problems, policy)?;
    let method = policy.as_ref().map(|policy| device_policies::method(policy, wanted.kind));
    if method.is_some_and(|method| method.is_none_or(|method| !method.enabled || method.pairing_disabled)) {
        problems.push(Problem::invalid("type", format!("{} is not enabled in the policy", wanted.kind)));
    }
    if wanted.extension.is_some() && !settings.allows_phone_extensions() {
        let text = "phone extensions are not enabled in the MFA settings";
        problems.push(Problem::invalid("extension", text));
    }
    let (Some(status), Some(policy), true) = (status, policy, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    let (active, pending) = device_order::counts(tx, ctx.environment, user.id).await?;
    let most = settings.pairing.max_allowed_devices;
    if active >= most {
        return Err(limit("Maximum allowed devices has been reached", most));
    }
    if status == DeviceStatus::ActivationRequired && pending >= MAX_PENDING {
        return Err(limit("Maximum devices that wait for activation has been reached", MAX_PENDING));
    }
    if active + pending > 0 {
        refuse_duplicates(tx, ctx, user.id, wanted, status).await?;
    }

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

/// Notes what is invalid and goes on, so that the client learns of everything at once.
fn noting<T>(problems: &mut Vec<Problem>, outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(Error::Invalid(found)) => {
            problems.extend(found);
            Ok(None)
        }
        Err(error) => Err(error),
    }
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
        activated_at: (status == DeviceStatus::Active).then_some(ctx.now.micros()),
        activate_before: (status == DeviceStatus::ActivationRequired).then(|| ctx.now.plus(ACTIVATION_TIME)),
        policy: wanted.policy,
        test_mode: wanted.test_mode,
        test_otp: None,
        lock: None,
        blocked_at: None,
    }
}

/// An active twin refuses the pairing; one that never was activated makes room, unless it is locked: pairing anew
/// would give back the tries that are spent.
async fn refuse_duplicates(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    wanted: &NewDevice,
    status: DeviceStatus,
) -> Result<()> {
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
        if status == DeviceStatus::ActivationRequired
            && let Some(lock) = twin.locked(ctx.now)
        {
            return Err(challenges::exhausted(Some(lock.expires_at)));
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
