//! One-time passcodes that are sent: made, kept as hashes, checked.
//!
//! A code is bound to the environment, the challenge (the flow, the device
//! authentication, or the device while it is being paired) and the device. Wrong
//! codes are counted by [`crate::tries`]; how many codes there can be on a day,
//! and so how many tries, is bounded by `quota`.

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::ids::Id;
use postern_core::passcode;
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use postern_store::sql::Tx;
use postern_store::tables::otp::{self, Challenge};
use uuid::Uuid;

use crate::{Ctx, Result, Verdict, notifications, quota, tries};

/// What a policy says about the codes of one method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtpRules {
    /// Digits, 6 to 10.
    pub length: u8,
    /// How long a code is accepted.
    pub life_time: Span,
    /// Tries before the device is locked, 1 to 7.
    pub tries: i64,
    /// How long it stays locked; zero: not at all, but a new code is needed.
    pub cool_down: Span,
}

/// Makes a code for the challenge and keeps its hash. An earlier code for it is void.
///
/// Where nothing is locked, a new code has tries of its own; how many codes there can be on a day is for the
/// `quota`, which the caller takes with the message.
///
/// # Errors
/// Those of the database.
pub async fn make(
    tx: &mut Tx,
    ctx: &Ctx,
    challenge: Uuid,
    device: &Stored<Device>,
    rules: OtpRules,
) -> Result<(Secret, Timestamp)> {
    let tries = if rules.cool_down == Span::ZERO {
        otp::tries(tx, ctx.environment, device.id).await?.spent
    } else {
        0
    };
    if tries >= rules.tries {
        otp::renew_tries(tx, ctx.environment, device.id).await?;
    }
    let code = passcode::generate(&ctx.random, rules.length);
    let bound = binding(ctx, challenge, device);
    let digest = passcode::digest(&ctx.keys, &bound.each_ref().map(<[u8; 16]>::as_slice), code.expose());
    let expires_at = ctx.now.plus(rules.life_time);
    let row = Challenge {
        environment: ctx.environment,
        id: challenge,
        device: device.id,
        digest: digest.to_vec(),
        expires_at,
    };
    otp::put(tx, &row).await?;
    Ok((code, expires_at))
}

/// Checks a code. Right: it is consumed, and the device's tries are given back. The effects of both verdicts must be kept.
///
/// # Errors
/// Those of the database.
pub async fn check(
    tx: &mut Tx,
    ctx: &Ctx,
    challenge: Uuid,
    device: &mut Stored<Device>,
    rules: OtpRules,
    code: &str,
) -> Result<Verdict<()>> {
    if let Some(refusal) = tries::ready(tx, ctx, device).await? {
        return Ok(Verdict::Refused(refusal));
    }
    let waiting = otp::find(tx, ctx.environment, challenge, ctx.now)
        .await?
        .filter(|waiting| waiting.device == device.id);
    let Some(waiting) = waiting else {
        let spent = otp::tries(tx, ctx.environment, device.id).await?.spent;
        let refusal = match rules.tries - spent {
            left @ 1.. => tries::wrong_code(left),
            _ => tries::exhausted(None),
        };
        return Ok(Verdict::Refused(refusal));
    };
    let taken = match tries::take(tx, ctx, device, rules.into()).await? {
        Ok(taken) => taken,
        Err(refusal) => return Ok(Verdict::Refused(refusal)),
    };
    let bound = binding(ctx, challenge, device);
    let right =
        passcode::verify(&ctx.keys, &bound.each_ref().map(<[u8; 16]>::as_slice), code, &waiting.digest);
    if right && otp::consume(tx, ctx.environment, challenge).await? {
        tries::succeed(tx, ctx, device, taken).await?;
        quota::claim(tx, ctx, device.user, notifications::channel(device.kind)?).await?;
        return Ok(Verdict::Accepted(()));
    }
    let refusal = tries::fail(tx, ctx, device, rules.into(), taken, tries::wrong_code).await?;
    Ok(Verdict::Refused(refusal))
}

fn binding(ctx: &Ctx, challenge: Uuid, device: &Stored<Device>) -> [[u8; 16]; 3] {
    [*ctx.environment.uuid().as_bytes(), *challenge.as_bytes(), *device.id.uuid().as_bytes()]
}
