//! A code without the name of its device: found among the devices that make codes themselves.
//!
//! The device that recognises the code is asked as if it had been named, and no other is touched. Only a code that none
//! recognises counts against all of them, and once against the account.

use postern_core::devices::{Device, DeviceType};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::policy::DevicePolicy;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::audit::{self, Event, Subject};
use crate::tries::{self, TryRules};
use crate::{Ctx, Error, Result, device_policies, lockout, mfa};

/// Whether the device makes codes that count under the policy.
pub(super) fn makes_codes(device: &Device, policy: &DevicePolicy) -> bool {
    match device.kind {
        DeviceType::Totp | DeviceType::OathToken => true,
        DeviceType::Mobile => device.mobile.as_ref().is_some_and(|app| app.ways(policy).otp),
        _ => false,
    }
}

/// The device whose code it is now. Nothing is counted and nothing used up.
pub(super) async fn find(
    tx: &mut Tx,
    ctx: &Ctx,
    devices: &[Stored<Device>],
    policy: &Stored<DevicePolicy>,
    otp: &str,
) -> Result<Option<Stored<Device>>> {
    // One code alone of a user at a time: nothing is compared while others still count.
    if let Some(device) = devices.first() {
        documents::find_locked::<User>(tx, ctx.environment, device.user).await?;
    }
    let mut found = None;
    // All are looked at, so that the time does not tell which one it is.
    for device in devices {
        let recognised = mfa::recognises(tx, ctx, device, policy, otp).await?;
        if recognised && found.is_none() {
            found = Some(device.clone());
        }
    }
    Ok(found)
}

/// Counts a code that is nobody's. Gives the refusal: that of the last device that could still take a try.
pub(super) async fn miss(
    tx: &mut Tx,
    ctx: &Ctx,
    user: &Stored<User>,
    devices: Vec<Stored<Device>>,
    policy: &Stored<DevicePolicy>,
) -> Result<Option<Error>> {
    let mut refusal = None;
    for mut device in devices {
        let rules = TryRules::from(device_policies::rules(policy, device.kind)?);
        refusal = Some(match tries::admit(tx, ctx, &mut device, rules).await? {
            Ok(taken) => tries::miss(tx, ctx, &mut device, rules, taken, tries::wrong_code).await?,
            Err(exhausted) => refusal.take().unwrap_or(exhausted),
        });
        let event = Event::failed("OTP.CHECK_INVALID", Subject::of(user)).and(Subject::of(&device));
        audit::record(tx, ctx, event).await?;
    }
    if refusal.is_some() {
        lockout::count(tx, ctx, user.id).await?;
    }
    Ok(refusal)
}
