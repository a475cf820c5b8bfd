//! Asks the selected device, and keeps the code of a test device for the answer.

use postern_core::crypto::keyring::SealContext;
use postern_core::devices::DeviceType;
use postern_core::devices::input::TemplateChoice;
use postern_core::devices::{Device, DeviceStatus};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceAuthenticationId, DeviceId, Id};
use postern_core::mfa::DeviceAuthentication;
use postern_core::mfa::authentication::{OneTime, Selected};
use postern_core::mfa::push::request::Silence;
use postern_core::policy::DevicePolicy;
use postern_core::secret::Secret;
use postern_store::sql::Tx;

use super::refused;
use crate::mfa::{self, Question};
use crate::{Ctx, Result, push};

/// Asks the device and notes how. Gives the code of a test device.
pub(super) async fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    authentication: &mut Stored<DeviceAuthentication>,
    user: &Stored<User>,
    policy: &Stored<DevicePolicy>,
    device: &mut Stored<Device>,
    selected: Selected,
) -> Result<Option<Secret>> {
    authentication.may_ask().map_err(refused)?;
    let wording = wording(authentication, user);
    let question = question(ctx, authentication, user, policy, &wording);
    let asking = mfa::ask(tx, ctx, &question, device).await?;
    authentication.body.test_otp =
        asking.test_code.as_ref().map(|code| seal_test_code(ctx, authentication.id, code));
    authentication.body.ask(selected, asking.asked).map_err(refused)?;
    Ok(asking.test_code)
}

/// Asks the application on the device whether it is there, without asking the user.
pub(super) async fn ask_silently(
    tx: &mut Tx,
    ctx: &Ctx,
    authentication: &mut Stored<DeviceAuthentication>,
    user: &Stored<User>,
    policy: &Stored<DevicePolicy>,
    device: &mut Stored<Device>,
    silence: Silence,
) -> Result<()> {
    let wording = wording(authentication, user);
    let question = question(ctx, authentication, user, policy, &wording);
    let asked = push::ask_silently(tx, ctx, &question, device, silence).await?;
    authentication.body.ask(Selected::Device(device.id), asked).map_err(refused)
}

fn question<'a>(
    ctx: &Ctx,
    authentication: &'a Stored<DeviceAuthentication>,
    user: &'a Stored<User>,
    policy: &'a Stored<DevicePolicy>,
    wording: &'a TemplateChoice,
) -> Question<'a> {
    Question {
        challenge: authentication.id.uuid(),
        user: Some(user),
        policy,
        wording,
        limits: authentication.body.wording.notifications_policy,
        client_context: authentication.body.wording.client_context.as_ref(),
        rp_id: authentication.rp_id.as_deref(),
        passkey_challenge: authentication.body.challenge.as_deref(),
        // Only an administrator may see a code; the user must get it where it is sent.
        returns_test_codes: !ctx.caller.is_self(user.id),
    }
}

/// An address that is no device, worded and counted as if it were one of this authentication's own.
pub(super) fn unpaired(
    ctx: &Ctx,
    authentication: &Stored<DeviceAuthentication>,
    user: &Stored<User>,
    one_time: &OneTime,
) -> Stored<Device> {
    let address = Some(one_time.address.clone());
    let (phone, email) = match one_time.kind {
        DeviceType::Email => (None, address),
        _ => (address, None),
    };
    let device = Device {
        phone,
        email,
        test_mode: one_time.test_mode,
        ..Device::new(user.id, one_time.kind, DeviceStatus::Active, ctx.now)
    };
    Stored::new(ctx.environment, DeviceId::from_uuid(authentication.id.uuid()), ctx.now, device)
}

fn wording(authentication: &DeviceAuthentication, user: &Stored<User>) -> TemplateChoice {
    let chosen = &authentication.wording;
    TemplateChoice {
        name: chosen.template.clone(),
        locale: chosen.locale.clone().or_else(|| user.preferred_language.clone()),
        variant: chosen.variant.clone(),
        variables: chosen.variables.clone(),
    }
}

/// The code of a test device that waits for its check, for callers who may see it.
pub(super) fn test_code(ctx: &Ctx, authentication: &Stored<DeviceAuthentication>) -> Option<Secret> {
    if authentication.status().is_final() || authentication.user().is_none_or(|user| ctx.caller.is_self(user))
    {
        return None;
    }
    let record = sealed_record(authentication.id);
    let context = SealContext { environment: ctx.environment, record: &record, field: "test.otp" };
    let clear = ctx.keys.open(&context, authentication.test_otp.as_ref()?).ok()?;
    String::from_utf8(clear.expose().clone()).ok().map(Secret::new)
}

fn seal_test_code(ctx: &Ctx, id: DeviceAuthenticationId, code: &Secret) -> postern_core::secret::Sealed {
    let record = sealed_record(id);
    let context = SealContext { environment: ctx.environment, record: &record, field: "test.otp" };
    ctx.keys.seal(&ctx.random, &context, code.expose().as_bytes())
}

fn sealed_record(id: DeviceAuthenticationId) -> String {
    format!("device-authentication/{id}")
}
