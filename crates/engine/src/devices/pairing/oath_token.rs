//! OATH_TOKEN devices: a code of the token proves that the user has it (MFA contract 1.4).
//!
//! A code that is far from where the token was last seen asks for the next one,
//! which comes with `oathResync`.

use postern_core::devices::input::Proof;
use postern_core::devices::input::oath_token::TokenWish;
use postern_core::devices::oath::OathLink;
use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::entity::Stored;
use postern_core::oath::OathToken;
use postern_core::oath::token::{MOST_WRONG, Outcome};
use postern_core::policy::DevicePolicy;
use postern_core::problem::Problem;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use postern_store::tables::otp;

use super::{Pairing, code};
use crate::oath::{self, resync};
use crate::{Ctx, Error, Result, Verdict, device_policies, tries};

pub(super) async fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    wish: &TokenWish,
    device: &mut Stored<Device>,
) -> Result<()> {
    let mut token = oath::find_by_serial(tx, ctx, &wish.serial_number).await?.ok_or_else(unknown)?;
    oath::demand_free(&token, device)?;
    device.body.oath = Some(Box::new(OathLink {
        token: token.id,
        serial_number: token.serial_number.clone(),
        token_type: token.kind,
    }));
    if device.status == DeviceStatus::Active {
        oath::claim(&mut token.body, device);
        documents::update(tx, &mut token, ctx.now).await?;
    }
    Ok(())
}

pub(super) async fn prove(
    tx: &mut Tx,
    ctx: &Ctx,
    device: &mut Stored<Device>,
    policy: &Stored<DevicePolicy>,
    proof: &Proof,
) -> Result<Verdict<()>> {
    let code = code(proof)?;
    let mut token = oath::find_of(tx, ctx, device).await?.ok_or_else(unknown)?;
    oath::demand_free(&token, device)?;
    if token.wrong >= MOST_WRONG {
        // Pairing it anew would give new tries: only an administrator who brings it in step ends this.
        return Err(tries::exhausted(None));
    }
    let rules = device_policies::rules(policy, device.kind)?.into();
    let taken = match tries::admit(tx, ctx, device, rules).await? {
        Ok(taken) => taken,
        Err(refusal) => return Ok(Verdict::Refused(refusal)),
    };
    let outcome = judge(ctx, &mut token, proof.oath_resync, code)?;
    match outcome {
        Outcome::Accepted => oath::claim(&mut token.body, device),
        Outcome::NextNeeded | Outcome::Wrong => token.body.wrong += 1,
    }
    documents::update(tx, &mut token, ctx.now).await?;
    Ok(match outcome {
        Outcome::Accepted => {
            tries::succeed(tx, ctx, device, taken).await?;
            Verdict::Accepted(())
        }
        Outcome::NextNeeded => {
            tries::give_back(tx, ctx, device, taken).await?;
            Verdict::Refused(resync::next_needed("otp"))
        }
        Outcome::Wrong => {
            Verdict::Refused(tries::fail(tx, ctx, device, rules, taken, tries::wrong_code).await?)
        }
    })
}

fn judge(ctx: &Ctx, token: &mut Stored<OathToken>, next: bool, code: &str) -> Result<Outcome> {
    let secret = oath::open(ctx, token)?;
    Ok(if next {
        token.body.follow(secret.expose(), code, ctx.now)
    } else {
        token.body.prove(secret.expose(), code, ctx.now)
    })
}

/// A device of the user that waits for its activation with the same token makes room, unless it is locked: pairing
/// anew would give back the tries that are spent.
pub(super) async fn refuse_duplicates(
    tx: &mut Tx,
    ctx: &Ctx,
    pairing: &Pairing<'_>,
    wish: &TokenWish,
) -> Result<()> {
    let own = Condition::equals("user_id", pairing.user.id);
    let same = Condition::equals("type", DeviceType::OathToken.as_str());
    for twin in documents::list::<Device>(tx, ctx.environment, &Select::first(own.and(same), 100)).await? {
        let same = twin
            .oath
            .as_ref()
            .is_some_and(|link| link.serial_number.eq_ignore_ascii_case(&wish.serial_number));
        if !same || twin.status == DeviceStatus::Active {
            continue;
        }
        if let Some(lock) = twin.locked(ctx.now) {
            return Err(tries::exhausted(Some(lock.expires_at)));
        }
        otp::forget(tx, ctx.environment, twin.id).await?;
        documents::delete::<Device>(tx, ctx.environment, twin.id).await?;
    }
    Ok(())
}

fn unknown() -> Error {
    Error::invalid(Problem::invalid("serialNumber", "is not an OATH token of this environment"))
}
