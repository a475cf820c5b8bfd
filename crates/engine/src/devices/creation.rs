//! Pairs a device (MFA contract 1.3). What the kinds do differently is in [`super::pairing`].

use postern_core::devices::device::MAX_PENDING;
use postern_core::devices::input::NewDevice;
use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, UserId};
use postern_core::problem::{Code, Problem};
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::device_order;

use super::pairing::{self, Pairing};
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, device_policies, mfa_settings, roles};

/// A device that was paired.
#[derive(Debug)]
pub struct Created {
    /// The device.
    pub device: Stored<Device>,
    /// The cookie of a remembered browser, which only this answer carries.
    pub cookie: Option<Secret>,
}

/// Pairs a device: at once when an administrator says so and its kind allows it, else it waits for a proof.
///
/// # Errors
/// [`Error::NotFound`] without the user; [`Error::Denied`] for one with more rights than the caller; [`Error::Invalid`] for
/// what the policy does not allow or is paired already;
/// [`Error::Refused`] with `LIMIT_EXCEEDED` beyond the limits, with `QUOTA_EXCEEDED` while a twin that waits for its
/// activation is locked.
pub async fn create(tx: &mut Tx, ctx: &Ctx, user: UserId, wanted: &NewDevice) -> Result<Created> {
    let user =
        documents::find_locked::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    roles::may_control_user(tx, ctx, user.id).await?;
    let mut problems = Vec::new();
    let status = noting(&mut problems, status(ctx, &user, wanted))?;
    if wanted.test_mode && ctx.caller.is_self(user.id) {
        // The answer would tell the code that is to prove whose device it is.
        problems.push(Problem::invalid("testMode", "users cannot pair their own devices for tests"));
    }
    let policy = device_policies::effective(tx, ctx, wanted.policy, "policy.id").await;
    let policy = noting(&mut problems, policy)?;
    if policy.as_ref().is_some_and(|policy| !device_policies::allows_pairing(policy, wanted.kind)) {
        problems.push(Problem::invalid("type", format!("{} is not enabled in the policy", wanted.kind)));
    }
    problems.extend(pairing::forbidden(tx, ctx, wanted).await?);
    let (Some(status), Some(policy), true) = (status, policy, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    let (active, pending) = device_order::counts(tx, ctx.environment, user.id).await?;
    let counted = wanted.kind.authenticates();
    let most = mfa_settings::load(tx, ctx).await?.pairing.max_allowed_devices;
    if counted && active >= most {
        return Err(limit("Maximum allowed devices has been reached", most));
    }
    if status == DeviceStatus::ActivationRequired && pending >= MAX_PENDING {
        return Err(limit("Maximum devices that wait for activation has been reached", MAX_PENDING));
    }
    let pairing = Pairing { user: &user, policy: &policy, wanted };
    if active + pending > 0 {
        pairing::refuse_duplicates(tx, ctx, &pairing, status).await?;
    }

    let id = DeviceId::at(ctx.now, &ctx.random);
    let mut device = Stored::new(ctx.environment, id, ctx.now, record(ctx, user.id, wanted, status));
    let cookie = pairing::begin(tx, ctx, &pairing, &mut device).await?;
    documents::insert_later(tx, &device).await?;
    let event = |name: &str| Event::new(name, Subject::of(&device)).and(Subject::of(&user));
    audit::record(tx, ctx, event("DEVICE.CREATED")).await?;
    if device.status == DeviceStatus::Active {
        audit::record(tx, ctx, event("DEVICE.ACTIVATED")).await?;
    }
    Ok(Created { device, cookie })
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
    if wanted.kind == DeviceType::Browser {
        if ctx.caller.is_self(user.id) {
            // Whoever signed on without a second factor could spare themselves it from then on.
            let text = "browsers are remembered by the application that saw the user prove a factor";
            return Err(Error::invalid(Problem::invalid("type", text)));
        }
        return Ok(DeviceStatus::Active);
    }
    if wanted.kind.always_proves_itself() {
        return Ok(DeviceStatus::ActivationRequired);
    }
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
        nickname: wanted.nickname.clone(),
        policy: wanted.policy,
        test_mode: wanted.test_mode,
        ..Device::new(user, wanted.kind, status, ctx.now)
    }
}

/// A limit that is reached.
pub(crate) fn limit(message: &str, most: i64) -> Error {
    Error::refused(Problem::new(Code::LimitExceeded, message).with("maximumAllowed", most))
}
