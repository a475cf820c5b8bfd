//! Brings a token in step again: two codes in a row, in one call or in two (MFA contract 5.3).
//!
//! The codes of a token that is paired are counted like those of a sign-on, so
//! that nobody guesses here what is counted there.

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::ids::{OathTokenId, UserId};
use postern_core::oath::OathToken;
use postern_core::oath::token::Outcome;
use postern_core::problem::{Code, Problem};
use postern_store::documents;
use postern_store::sql::Tx;

use super::open;
use crate::audit::{self, Event, Subject};
use crate::tries::{self, Taken, TryRules};
use crate::{Ctx, Error, Result, Verdict, device_policies};

/// Checks one code or two. The effects of both verdicts must be kept. `owner` is the user whose token it must be.
///
/// # Errors
/// [`Error::NotFound`] without the token, or when it is somebody else's.
pub async fn resync(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: Option<UserId>,
    id: OathTokenId,
    codes: &[String],
) -> Result<Verdict<Stored<OathToken>>> {
    let mut token =
        documents::find::<OathToken>(tx, ctx.environment, id).await?.ok_or(Error::NotFound("token"))?;
    if owner.is_some_and(|owner| token.device.is_none_or(|holder| holder.user != owner)) {
        return Err(Error::NotFound("token"));
    }
    let mut counted = match counted(tx, ctx, &token).await? {
        Ok(counted) => counted,
        Err(refusal) => return Ok(Verdict::Refused(refusal)),
    };
    let secret = open(ctx, &token)?;
    let outcome = match codes {
        [first, second, ..] => token.body.resync(secret.expose(), first, second, ctx.now),
        [only] => token.body.resync_by_steps(secret.expose(), only, ctx.now),
        [] => return Err(Error::invalid(Problem::required("otps"))),
    };
    if outcome == Outcome::Accepted {
        token.body.wrong = 0;
    }
    documents::update(tx, &mut token, ctx.now).await?;
    let refusal = match outcome {
        Outcome::Accepted => {
            audit::record(tx, ctx, Event::new("OATH_TOKEN.RESYNCED", Subject::of(&token))).await?;
            None
        }
        Outcome::NextNeeded => Some(next_needed("otps")),
        Outcome::Wrong => {
            audit::record(tx, ctx, Event::failed("OATH_TOKEN.RESYNCED", Subject::of(&token))).await?;
            Some(wrong(None))
        }
    };
    let refusal = match counted.take() {
        Some(count) => settle(tx, ctx, count, outcome).await?,
        None => refusal,
    };
    Ok(match refusal {
        Some(error) => Verdict::Refused(error),
        None => Verdict::Accepted(token),
    })
}

/// A try of the device that a token is paired as.
struct Counted {
    device: Stored<Device>,
    rules: TryRules,
    taken: Taken,
}

/// Takes a try of the device; nothing when the token is not paired, and its refusal when it has none left.
async fn counted(
    tx: &mut Tx,
    ctx: &Ctx,
    token: &OathToken,
) -> Result<std::result::Result<Option<Counted>, Error>> {
    let Some(holder) = token.device else { return Ok(Ok(None)) };
    let Some(mut device) = documents::find::<Device>(tx, ctx.environment, holder.id).await? else {
        return Ok(Ok(None));
    };
    let policy = device_policies::of_device(tx, ctx, &device).await?;
    let rules = device_policies::rules(&policy, device.kind)?.into();
    let taken = tries::admit(tx, ctx, &mut device, rules).await?;
    Ok(taken.map(|taken| Some(Counted { device, rules, taken })))
}

/// Settles the try that was taken. Gives the refusal, if it is one.
async fn settle(tx: &mut Tx, ctx: &Ctx, counted: Counted, outcome: Outcome) -> Result<Option<Error>> {
    let Counted { mut device, rules, taken } = counted;
    match outcome {
        Outcome::Accepted => {
            tries::succeed(tx, ctx, &device, taken).await?;
            Ok(None)
        }
        Outcome::NextNeeded => {
            tries::give_back(tx, ctx, &device, taken).await?;
            Ok(Some(next_needed("otps")))
        }
        Outcome::Wrong => {
            let refusal = tries::fail(tx, ctx, &mut device, rules, taken, |left| wrong(Some(left))).await?;
            Ok(Some(refusal))
        }
    }
}

fn wrong(left: Option<i64>) -> Error {
    let problem = Problem::new(Code::InvalidOtp, "Invalid OTP provided").at("otps");
    Error::invalid(match left {
        Some(left) => problem.with("attemptsRemaining", left),
        None => problem,
    })
}

/// The code may be right; the next one decides.
pub(crate) fn next_needed(target: &str) -> Error {
    Error::invalid(Problem::new(Code::ExtraOtpRequired, "An extra OTP is required").at(target))
}
