//! Codes of authenticator applications: checked against the sealed key, counted by [`crate::tries`], each good once.
//!
//! That a code counts once is kept in the device's document, which is saved
//! with compare-and-swap: of two checks at once, one runs again and finds the
//! code used.

mod resealing;

use postern_core::crypto::keyring::SealContext;
use postern_core::devices::Device;
use postern_core::devices::totp::{self, KEY_LENGTH, STANDARD_GRACE, TotpKey};
use postern_core::entity::Stored;
use postern_core::policy::DevicePolicy;
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::{Ctx, Error, Result, Verdict, device_policies, tries};

pub(crate) use resealing::reseal;

/// Checks a code. The effects of both verdicts must be kept.
///
/// # Errors
/// [`Error::Internal`] when the key does not open.
pub async fn check(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    code: &str,
) -> Result<Verdict<()>> {
    let verdict = attempt(tx, ctx, device, policy, code).await?;
    if let Verdict::Accepted(()) = verdict {
        documents::update(tx, device, ctx.now).await?;
    }
    Ok(verdict)
}

/// The same, but the caller saves a device whose code was right.
pub(crate) async fn attempt(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    code: &str,
) -> Result<Verdict<()>> {
    let rules = device_policies::rules(policy, device.kind)?.into();
    let taken = match tries::admit(tx, ctx, device, rules).await? {
        Ok(taken) => taken,
        Err(refusal) => return Ok(Verdict::Refused(refusal)),
    };
    let secret = open(ctx, device)?;
    let grace = policy.totp.passcode_grace_period.unwrap_or(STANDARD_GRACE);
    let key = device.body.totp.as_deref_mut().ok_or_else(keyless)?;
    if key.accept(secret.expose(), code, ctx.now, grace) {
        tries::succeed(tx, ctx, device, taken).await?;
        return Ok(Verdict::Accepted(()));
    }
    Ok(Verdict::Refused(tries::fail(tx, ctx, device, rules, taken, tries::wrong_code).await?))
}

/// Whether the code would count now.
pub(crate) fn recognises(
    ctx: &Ctx,
    device: &Stored<Device>,
    policy: &DevicePolicy,
    code: &str,
) -> Result<bool> {
    let secret = open(ctx, device)?;
    let grace = policy.totp.passcode_grace_period.unwrap_or(STANDARD_GRACE);
    let mut key = device.totp.as_deref().cloned().ok_or_else(keyless)?;
    Ok(key.accept(secret.expose(), code, ctx.now, grace))
}

/// Makes the key of a new device.
#[must_use]
pub(crate) fn make(ctx: &Ctx, device: &Stored<Device>, policy: &DevicePolicy, username: &str) -> TotpKey {
    let secret: Secret<[u8; KEY_LENGTH]> = Secret::new(ctx.random.bytes());
    let sealed = within(ctx, device, |context| ctx.keys.seal(&ctx.random, context, secret.expose()));
    TotpKey::new(sealed, username, policy.totp.uri_parameters.as_ref())
}

/// How a key is shown to an application that is yet to prove it.
#[derive(Debug)]
pub struct Offer {
    /// The key in base32.
    pub secret: Secret,
    /// What a QR code says.
    pub uri: Secret,
}

/// The key of a device that waits for its first code; nothing once it is active or its time is over.
#[must_use]
pub fn offer(ctx: &Ctx, device: &Stored<Device>) -> Option<Offer> {
    if !totp::is_offered(device, ctx.now) {
        return None;
    }
    let shown = device.totp.as_ref()?.offer.as_ref()?;
    let secret = open(ctx, device).ok()?;
    Some(Offer { secret: totp::spelled(secret.expose()), uri: shown.uri(secret.expose()) })
}

fn open(ctx: &Ctx, device: &Stored<Device>) -> Result<Secret<Vec<u8>>> {
    let key = device.totp.as_deref().ok_or_else(keyless)?;
    within(ctx, device, |context| ctx.keys.open(context, &key.secret)).map_err(Error::internal)
}

fn keyless() -> Error {
    Error::internal("a TOTP device without a key")
}

/// Where the key lives.
fn within<T>(ctx: &Ctx, device: &Stored<Device>, work: impl FnOnce(&SealContext<'_>) -> T) -> T {
    let record = format!("device/{}", device.id);
    work(&SealContext { environment: ctx.environment, record: &record, field: "totp.secret" })
}
