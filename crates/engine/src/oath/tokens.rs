//! Tokens come and go: created one by one or imported, revoked, never beyond the limit of the environment.

use postern_core::devices::Device;
use postern_core::directory::environment::Environment;
use postern_core::entity::Stored;
use postern_core::ids::OathTokenId;
use postern_core::oath::import::Duplicate;
use postern_core::oath::token::MOST;
use postern_core::oath::{NewToken, OathToken};
use postern_core::problem::{Code, Problem};
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::oath_token_count;

use super::{find_by_serial, sealing};
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result, devices};

/// Prepares a token for its insertion: that there is room, that its serial number is new; seals its key.
///
/// # Errors
/// [`Error::Invalid`] with `UNIQUENESS_VIOLATION`; [`Error::Refused`] with `LIMIT_EXCEEDED`.
pub async fn admit(tx: &mut Tx, ctx: &Ctx, token: &mut Stored<OathToken>, secret: &[u8]) -> Result<()> {
    let room = MOST - oath_token_count::hold(tx, ctx.environment).await?;
    if let Some(twin) = find_by_serial(tx, ctx, &token.serial_number).await? {
        let problem = Problem::not_unique("serialNumber").with("existingId", twin.id.to_string());
        return Err(Error::invalid(problem));
    }
    if room < 1 {
        return Err(full());
    }
    oath_token_count::add(tx, ctx.environment, 1).await?;
    sealing::seal(ctx, token, secret);
    Ok(())
}

fn full() -> Error {
    let problem =
        Problem::new(Code::LimitExceeded, "The environment has as many OATH tokens as it may have.");
    Error::refused(problem.with("maximumAllowed", MOST))
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Imported {
    /// How many were created.
    pub created: u64,
    /// Those whose serial number was there already.
    pub duplicates: Vec<Duplicate>,
    /// Whether the rest found no room.
    pub full: bool,
}

/// Creates a batch of tokens; serial numbers that are there already are left as they are.
///
/// # Errors
/// Those of the database.
pub async fn import(tx: &mut Tx, ctx: &Ctx, tokens: &[NewToken]) -> Result<Imported> {
    let room = MOST - oath_token_count::hold(tx, ctx.environment).await?;
    let room = u64::try_from(room).unwrap_or_default();
    let mut done = Imported::default();
    for new in tokens {
        if find_by_serial(tx, ctx, &new.token.serial_number).await?.is_some() {
            done.duplicates.push(Duplicate {
                serial_number: new.token.serial_number.clone(),
                masked_secret: new.masked.clone(),
            });
            continue;
        }
        if done.created >= room {
            done.full = true;
            break;
        }
        let id = OathTokenId::new(&ctx.random);
        let mut token = Stored::new(ctx.environment, id, ctx.now, new.token.clone());
        sealing::seal(ctx, &mut token, new.secret.expose());
        documents::insert(tx, &token).await?;
        done.created += 1;
    }
    let created = i64::try_from(done.created).unwrap_or(i64::MAX);
    oath_token_count::add(tx, ctx.environment, created).await?;
    if created > 0 {
        let subject = Subject::new::<Environment>(ctx.environment);
        audit::record(tx, ctx, Event::new("OATH_TOKEN.IMPORTED", subject)).await?;
    }
    Ok(done)
}

/// Sees to what goes with a token that is about to be removed: its device, its place in the count.
///
/// # Errors
/// Those of the database.
pub async fn withdraw(tx: &mut Tx, ctx: &Ctx, token: &Stored<OathToken>) -> Result<()> {
    oath_token_count::hold(tx, ctx.environment).await?;
    oath_token_count::add(tx, ctx.environment, -1).await?;
    let Some(holder) = token.device else { return Ok(()) };
    if let Some(device) = documents::find::<Device>(tx, ctx.environment, holder.id).await? {
        devices::remove(tx, ctx, &device).await?;
    }
    Ok(())
}

/// Removes a token with its device, as a job does.
pub(super) async fn revoke(tx: &mut Tx, ctx: &Ctx, token: &Stored<OathToken>) -> Result<()> {
    withdraw(tx, ctx, token).await?;
    documents::remove(tx, token).await?;
    audit::record(tx, ctx, Event::new("OATH_TOKEN.DELETED", Subject::of(token))).await
}
