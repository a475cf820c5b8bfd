//! One-time passcodes: made, sent, checked, counted.
//!
//! A code is bound to the environment, the challenge (the flow, or the device
//! while it is being paired) and the device; only its keyed hash is kept. A try
//! is taken before the code is compared and given back by a success, so that
//! concurrent checks never learn more than the policy allows. The try that uses
//! up the last one locks the device for the cool-down and voids its codes. How
//! many codes there can be on a day, and so how many tries, is bounded by
//! `quota`.

use postern_core::devices::{Device, Lock, LockReason};
use postern_core::entity::Stored;
use postern_core::ids::Id;
use postern_core::passcode;
use postern_core::problem::{Code, Problem};
use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::otp::{self, Challenge};
use uuid::Uuid;

use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, Verdict, lockout};

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
    let tries =
        if rules.cool_down == Span::ZERO { otp::tries(tx, ctx.environment, device.id).await? } else { 0 };
    if tries >= rules.tries {
        otp::reset_tries(tx, ctx.environment, device.id).await?;
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
    if let Some(lock) = device.locked(ctx.now) {
        return Ok(Verdict::Refused(exhausted(Some(lock.expires_at))));
    }
    if device.body.lock.take().is_some() {
        otp::reset_tries(tx, ctx.environment, device.id).await?;
        documents::update(tx, device, ctx.now).await?;
    }
    let waiting = otp::find(tx, ctx.environment, challenge, ctx.now)
        .await?
        .filter(|waiting| waiting.device == device.id);
    let Some(waiting) = waiting else {
        let spent = otp::tries(tx, ctx.environment, device.id).await?;
        let refusal = if spent >= rules.tries { exhausted(None) } else { wrong(rules.tries - spent) };
        return Ok(Verdict::Refused(refusal));
    };
    let Some(spent) = otp::take_try(tx, ctx.environment, device.id, rules.tries).await? else {
        // The tries were spent under other rules, or are being spent at this moment: the lock says until when.
        return Ok(Verdict::Refused(lock(tx, ctx, device, rules).await?));
    };
    let bound = binding(ctx, challenge, device);
    let right =
        passcode::verify(&ctx.keys, &bound.each_ref().map(<[u8; 16]>::as_slice), code, &waiting.digest);
    if right && otp::consume(tx, ctx.environment, challenge).await? {
        otp::reset_tries(tx, ctx.environment, device.id).await?;
        lockout::forgive(tx, ctx, device.user).await?;
        return Ok(Verdict::Accepted(()));
    }
    let refusal =
        if spent < rules.tries { wrong(rules.tries - spent) } else { lock(tx, ctx, device, rules).await? };
    lockout::count(tx, ctx, device.user).await?;
    Ok(Verdict::Refused(refusal))
}

async fn lock(tx: &mut Tx, ctx: &Ctx, device: &mut Stored<Device>, rules: OtpRules) -> Result<Error> {
    otp::consume_all(tx, ctx.environment, device.id).await?;
    if rules.cool_down == Span::ZERO {
        return Ok(exhausted(None));
    }
    let expires_at = ctx.now.plus(rules.cool_down);
    device.body.lock = Some(Lock { expires_at, reason: LockReason::Otp });
    documents::update(tx, device, ctx.now).await?;
    audit::record(tx, ctx, Event::new("DEVICE.LOCKED", Subject::of(device))).await?;
    Ok(exhausted(Some(expires_at)))
}

fn binding(ctx: &Ctx, challenge: Uuid, device: &Stored<Device>) -> [[u8; 16]; 3] {
    [*ctx.environment.uuid().as_bytes(), *challenge.as_bytes(), *device.id.uuid().as_bytes()]
}

fn wrong(left: i64) -> Error {
    let problem =
        Problem::new(Code::InvalidOtp, "Invalid OTP provided").at("otp").with("attemptsRemaining", left);
    Error::invalid(problem)
}

/// No tries left: until then, or until another code is made.
pub(crate) fn exhausted(until: Option<Timestamp>) -> Error {
    let problem = Problem::new(Code::QuotaExceeded, "Too many unsuccessful OTP attempts.");
    Error::refused(match until {
        Some(end) => problem.with("coolDownExpiresAt", end.millis()),
        None => problem,
    })
}
