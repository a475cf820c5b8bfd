//! Devices that codes are sent to: the pairing code, and twins.

use postern_core::devices::input::address::Address;
use postern_core::devices::input::{NotificationChoice, Proof};
use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::policy::DevicePolicy;
use postern_core::problem::Problem;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use postern_store::tables::otp;

use super::super::reading::seal_test_code;
use super::{Pairing, code};
use crate::notification_policies::Choice;
use crate::notifications::{self, Notice};
use crate::{Ctx, Error, Result, Verdict, challenges, device_policies, mfa_settings, tries};

/// The template of the pairing message.
const TEMPLATE: &str = "device_pairing";

pub(super) async fn forbidden(tx: &mut Tx, ctx: &Ctx, wanted: &Address) -> Result<Option<Problem>> {
    if wanted.extension.is_none() || mfa_settings::load(tx, ctx).await?.allows_phone_extensions() {
        return Ok(None);
    }
    let text = "phone extensions are not enabled in the MFA settings";
    Ok(Some(Problem::invalid("extension", text)))
}

pub(super) async fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    pairing: &Pairing<'_>,
    wanted: &Address,
    device: &mut Stored<Device>,
) -> Result<()> {
    let Address { phone, extension, email } = wanted.clone();
    device.body.phone = phone;
    device.body.extension = extension;
    device.body.email = email;
    if device.status == DeviceStatus::ActivationRequired {
        challenge(tx, ctx, pairing.user, device, pairing.policy, &pairing.wanted.notification).await?;
    }
    Ok(())
}

/// Makes the pairing code and sends it, or keeps it for the answer when the device is for tests. The caller saves the device.
pub(in super::super) async fn challenge(
    tx: &mut Tx,
    ctx: &Ctx,
    user: &Stored<User>,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    wording: &NotificationChoice,
) -> Result<()> {
    let rules = device_policies::rules(policy, device.kind)?;
    // Users do not choose what limits them.
    let named = wording.policy.map(|named| named.id).filter(|_| !ctx.caller.is_self(user.id));
    let limits = Choice::of(named, policy);
    let (code, expires_at) = challenges::make(tx, ctx, otp::pairing(device.id), device, rules).await?;
    if device.test_mode {
        // Nothing is sent, but whoever guesses has the same tries for every code.
        notifications::count(tx, ctx, user.id, device, limits).await?;
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
        limits,
    };
    notifications::send(tx, ctx, &notice).await
}

pub(super) async fn prove(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    proof: &Proof,
) -> Result<Verdict<()>> {
    let code = code(proof)?;
    let rules = device_policies::rules(policy, device.kind)?;
    challenges::check(tx, ctx, otp::pairing(device.id), device, rules, code).await
}

/// An active twin refuses the pairing; one that never was activated makes room, unless it is locked: pairing anew
/// would give back the tries that are spent.
pub(super) async fn refuse_duplicates(
    tx: &mut Tx,
    ctx: &Ctx,
    pairing: &Pairing<'_>,
    wanted: &Address,
    status: DeviceStatus,
) -> Result<()> {
    let kind = pairing.wanted.kind;
    let key = wanted.text().map(postern_core::filter::fold);
    // Those that are not active have no key.
    let candidates = vec![
        Condition::equals("address_key", key.as_deref()),
        Condition::equals("address_key", postern_store::Value::Null),
    ];
    let condition = Condition::All(vec![
        Condition::equals("user_id", pairing.user.id),
        Condition::equals("type", kind.as_str()),
        Condition::Any(candidates),
    ]);
    let select = Select { condition, after: None, limit: 100 };
    for twin in documents::list::<Device>(tx, ctx.environment, &select).await? {
        if twin.address().map(postern_core::filter::fold) != key {
            continue;
        }
        if twin.status == DeviceStatus::Active {
            let target = if kind == DeviceType::Email { "email" } else { "phone" };
            return Err(Error::invalid(Problem::not_unique(target).with("existingId", twin.id.to_string())));
        }
        if status == DeviceStatus::ActivationRequired
            && let Some(lock) = twin.locked(ctx.now)
        {
            return Err(tries::exhausted(Some(lock.expires_at)));
        }
        otp::forget(tx, ctx.environment, twin.id).await?;
        documents::delete::<Device>(tx, ctx.environment, twin.id).await?;
    }
    Ok(())
}
