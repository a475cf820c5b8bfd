//! Hardware tokens: their codes, whom they belong to, their coming and going (MFA contract 5.3).
//!
//! A token has a record of its own, saved with compare-and-swap, which says how
//! far it was used and which device it is paired as. A device that waits for its
//! activation does not hold the token yet; whoever proves it first gets it.

pub mod jobs;
mod resealing;
pub mod resync;
mod sealing;
pub mod tokens;

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::filter::fold;
use postern_core::oath::OathToken;
use postern_core::oath::token::TokenDevice;
use postern_core::policy::DevicePolicy;
use postern_core::problem::Problem;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::{Ctx, Error, Result, Verdict, device_policies, tries};

pub(crate) use resealing::reseal;
pub(crate) use sealing::open;

/// Checks a code with which somebody signs on. The effects of both verdicts must be kept.
///
/// # Errors
/// [`Error::Internal`] when the token of the device is not there or its key does not open.
pub async fn check(
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
    let token = find_of(tx, ctx, device).await?.filter(|token| is_held_by(token, device));
    let mut token = token.ok_or_else(|| Error::internal("a device without its token"))?;
    let secret = open(ctx, &token)?;
    if token.body.accept(secret.expose(), code, ctx.now) {
        documents::update(tx, &mut token, ctx.now).await?;
        tries::succeed(tx, ctx, device, taken).await?;
        return Ok(Verdict::Accepted(()));
    }
    Ok(Verdict::Refused(tries::fail(tx, ctx, device, rules, taken, tries::wrong_code).await?))
}

/// Whether the code would count now.
pub(crate) async fn recognises(tx: &mut Tx, ctx: &Ctx, device: &Stored<Device>, code: &str) -> Result<bool> {
    let token = find_of(tx, ctx, device).await?.filter(|token| is_held_by(token, device));
    let Some(mut token) = token else { return Ok(false) };
    let secret = open(ctx, &token)?;
    Ok(token.body.accept(secret.expose(), code, ctx.now))
}

/// The token that a device names.
pub(crate) async fn find_of(tx: &mut Tx, ctx: &Ctx, device: &Device) -> Result<Option<Stored<OathToken>>> {
    match &device.oath {
        Some(link) => Ok(documents::find::<OathToken>(tx, ctx.environment, link.token).await?),
        None => Ok(None),
    }
}

/// The token with this serial number.
pub(crate) async fn find_by_serial(
    tx: &mut Tx,
    ctx: &Ctx,
    serial: &str,
) -> Result<Option<Stored<OathToken>>> {
    let key = fold(serial).into();
    Ok(documents::find_by::<OathToken>(tx, ctx.environment, "serial_key", key).await?)
}

fn is_held_by(token: &OathToken, device: &Stored<Device>) -> bool {
    token.device.is_some_and(|holder| holder.id == device.id)
}

/// Refuses a token that is paired.
pub(crate) fn demand_free(token: &OathToken, device: &Device) -> Result<()> {
    let Some(holder) = token.device else { return Ok(()) };
    let problem = Problem::not_unique("serialNumber").saying("The token is paired already.");
    // Whose it is is told to nobody but its owner.
    Err(Error::invalid(if holder.user == device.user {
        problem.with("existingId", holder.id.to_string())
    } else {
        problem
    }))
}

/// The token is the device's from now on. The caller saves it.
pub(crate) fn claim(token: &mut OathToken, device: &Stored<Device>) {
    token.device = Some(TokenDevice { id: device.id, user: device.user });
    token.waiting = None;
    token.wrong = 0;
}

/// The device is about to go: its token is free for others.
pub(crate) async fn release(tx: &mut Tx, ctx: &Ctx, device: &Stored<Device>) -> Result<()> {
    if let Some(mut token) = find_of(tx, ctx, device).await?
        && is_held_by(&token, device)
    {
        token.body.device = None;
        token.body.waiting = None;
        documents::update(tx, &mut token, ctx.now).await?;
    }
    Ok(())
}
