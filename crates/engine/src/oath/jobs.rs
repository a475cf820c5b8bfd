//! Bulk jobs: many tokens at once, in transactions of bounded size (MFA contract 5.3).
//!
//! `submit` writes down what is to be done, sealed and in chunks. A chunk is
//! worked off and taken away in one transaction, so a job that is interrupted
//! goes on where it was. A job that is not `async` is worked off before its
//! answer, with [`work_off`]; every other, and one whose request was cut off, by
//! the sweeper, with [`work`].

use postern_core::crypto::keyring::SealContext;
use postern_core::entity::Stored;
use postern_core::ids::{OathJobId, OathTokenId};
use postern_core::oath::job::{JobStatus, JobType, OathJob, Order, RETENTION};
use postern_core::oath::{NewToken, OathToken};
use postern_core::secret::Secret;
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::oath_job::{self, Chunk};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::tokens;
use crate::audit::{self, Event, Subject};
use crate::{Ctx, Error, Result};

/// Tokens of one transaction.
const CHUNK: usize = 200;
/// Why a job stopped that found no room.
const FULL: &str = "The environment has as many OATH tokens as it may have.";
/// Why a job stopped whose chunks cannot be read any more.
const UNREADABLE: &str = "What was left of the job cannot be read.";

/// A token as a chunk keeps it.
#[derive(Serialize, Deserialize)]
struct Seed {
    token: OathToken,
    key: String,
}

impl Seed {
    fn of(new: &NewToken) -> Self {
        Self { token: new.token.clone(), key: data_encoding::HEXUPPER.encode(new.secret.expose()) }
    }

    fn into_new(self) -> Option<NewToken> {
        NewToken::with_key(self.token, &self.key)
    }
}

/// Writes down a job that creates tokens.
///
/// # Errors
/// Those of the database.
pub async fn submit_create(tx: &mut Tx, ctx: &Ctx, order: &Order<NewToken>) -> Result<Stored<OathJob>> {
    let seeds: Vec<Seed> = order.items.iter().map(Seed::of).collect();
    submit(tx, ctx, &order.job, &seeds).await
}

/// Writes down a job that revokes tokens.
///
/// # Errors
/// Those of the database.
pub async fn submit_revoke(tx: &mut Tx, ctx: &Ctx, order: &Order<OathTokenId>) -> Result<Stored<OathJob>> {
    submit(tx, ctx, &order.job, &order.items).await
}

async fn submit<T: Serialize + Sync>(
    tx: &mut Tx,
    ctx: &Ctx,
    job: &OathJob,
    items: &[T],
) -> Result<Stored<OathJob>> {
    let id = OathJobId::new(&ctx.random);
    let stored = Stored::new(ctx.environment, id, ctx.now, job.clone());
    documents::insert(tx, &stored).await?;
    for (number, items) in (0..).zip(items.chunks(CHUNK)) {
        let clear = Secret::new(serde_json::to_vec(items).map_err(Error::internal)?);
        let body = within(ctx, id, |context| ctx.keys.seal(&ctx.random, context, clear.expose()));
        oath_job::put(tx, &Chunk { environment: ctx.environment, job: id, number, body }).await?;
    }
    audit::record(tx, ctx, Event::new("OATH_JOB.CREATED", Subject::of(&stored))).await?;
    Ok(stored)
}

/// One job.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, ctx: &Ctx, id: OathJobId) -> Result<Stored<OathJob>> {
    documents::find::<OathJob>(tx, ctx.environment, id).await?.ok_or(Error::NotFound("job"))
}

/// Works off one chunk of this job. False when nothing is left of it.
///
/// # Errors
/// Those of the database.
pub async fn work_off(tx: &mut Tx, ctx: &Ctx, id: OathJobId) -> Result<bool> {
    let Some(chunk) = oath_job::next_of(tx, ctx.environment, id).await? else { return Ok(false) };
    run(tx, ctx, &chunk).await?;
    Ok(true)
}

/// Works off one chunk of any job, of any environment. Gives `limit` when there was one, so that the sweeper goes on.
///
/// # Errors
/// Those of the database.
pub async fn work(tx: &mut Tx, ctx: &Ctx, limit: i64) -> Result<u64> {
    let Some(chunk) = oath_job::next(tx).await? else { return Ok(0) };
    let ctx = Ctx { environment: chunk.environment, ..ctx.clone() };
    run(tx, &ctx, &chunk).await?;
    Ok(limit.unsigned_abs())
}

/// Removes jobs that ended a month ago, at most `limit`. Gives how many.
///
/// # Errors
/// Those of the database.
pub async fn sweep(tx: &mut Tx, ctx: &Ctx, limit: i64) -> Result<u64> {
    Ok(oath_job::sweep(tx, ctx.now.minus(RETENTION), limit).await?)
}

async fn run(tx: &mut Tx, ctx: &Ctx, chunk: &Chunk) -> Result<()> {
    oath_job::remove(tx, chunk).await?;
    let Some(mut job) = documents::find::<OathJob>(tx, ctx.environment, chunk.job).await? else {
        return Ok(oath_job::clear(tx, ctx.environment, chunk.job).await?);
    };
    job.body.status = JobStatus::InProgress;
    let stopped = match job.kind {
        JobType::Create => match opened::<Seed>(ctx, chunk) {
            Some(seeds) => create(tx, ctx, &mut job.body, seeds).await?,
            None => Some(UNREADABLE),
        },
        JobType::Revoke => match opened::<OathTokenId>(ctx, chunk) {
            Some(ids) => revoke(tx, ctx, &mut job.body, ids).await?,
            None => Some(UNREADABLE),
        },
    };
    if stopped.is_some() {
        oath_job::clear(tx, ctx.environment, job.id).await?;
    }
    if !oath_job::is_left(tx, ctx.environment, job.id).await? {
        job.body.end(stopped.map(str::to_owned), ctx.now);
        let name = if stopped.is_some() { "OATH_JOB.FAILED" } else { "OATH_JOB.DONE" };
        audit::record(tx, ctx, Event::new(name, Subject::of(&job))).await?;
    }
    documents::update(tx, &mut job, ctx.now).await?;
    Ok(())
}

async fn create(tx: &mut Tx, ctx: &Ctx, job: &mut OathJob, seeds: Vec<Seed>) -> Result<Option<&'static str>> {
    let Some(tokens) = seeds.into_iter().map(Seed::into_new).collect::<Option<Vec<NewToken>>>() else {
        return Ok(Some(UNREADABLE));
    };
    let done = tokens::import(tx, ctx, &tokens).await?;
    *job.result.created.get_or_insert(0) += done.created;
    job.result.duplicates.extend(done.duplicates);
    Ok(done.full.then_some(FULL))
}

/// Ids that name no token are passed over: it is gone, which was the wish.
async fn revoke(
    tx: &mut Tx,
    ctx: &Ctx,
    job: &mut OathJob,
    ids: Vec<OathTokenId>,
) -> Result<Option<&'static str>> {
    for id in ids {
        let Some(token) = documents::find::<OathToken>(tx, ctx.environment, id).await? else { continue };
        if token.device.is_some() && !job.force_unpair {
            job.result.paired.push(id);
            continue;
        }
        tokens::revoke(tx, ctx, &token).await?;
        *job.result.revoked.get_or_insert(0) += 1;
    }
    Ok(None)
}

/// The items of a chunk; nothing when they cannot be read, which will not change.
fn opened<T: DeserializeOwned>(ctx: &Ctx, chunk: &Chunk) -> Option<Vec<T>> {
    let clear = within(ctx, chunk.job, |context| ctx.keys.open(context, &chunk.body));
    let items = clear.map_err(Error::internal);
    let items = items.and_then(|clear| serde_json::from_slice(clear.expose()).map_err(Error::internal));
    items
        .inspect_err(|error| {
            tracing::error!(job.id = %chunk.job, error = error as &dyn std::error::Error, "a job cannot go on");
        })
        .ok()
}

/// Where the items of a job live.
fn within<T>(ctx: &Ctx, job: OathJobId, work: impl FnOnce(&SealContext<'_>) -> T) -> T {
    let record = format!("oath_job/{job}");
    work(&SealContext { environment: ctx.environment, record: &record, field: "chunk" })
}
