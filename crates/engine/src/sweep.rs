//! Removes what has had its time: codes, devices that were never activated, flows, sessions, tokens, records and counts
//! of sent messages, audit events, retired keys, and what a deleted environment left behind.
//!
//! Signing keys that have signed for long enough are replaced here too.
//!
//! Each sweeper is a reconciler: it takes no input but the time, may run
//! anywhere and any number of times, and works in small transactions of its
//! own, so that requests go on beside it. One that fails is tried again with
//! the next run and holds up no other.

use futures_util::future::BoxFuture;
use postern_core::time::Span;
use postern_store::sql::{Db, Tx};
use postern_store::tables::{device_authentication, device_nonce, flow, otp, outbox, purge, recovery_code};

use crate::{
    Ctx, Error, Result, audit, authentication_codes, devices, keys, oath, pairing_keys, phones, push, quota,
    sessions, tokens,
};

/// How long the record of a message is kept after its end.
const OUTBOX_RETENTION: Span = Span::days(7);

/// Signing keys that one run replaces at most: making one takes a noticeable part of a second.
const MOST_ROTATIONS: i64 = 10;
const ROTATION: &str = "signing_key_rotation";

/// How much one run may do.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Rows that one transaction removes at most.
    pub batch: i64,
    /// Transactions of each sweeper at most.
    pub rounds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { batch: 500, rounds: 40 }
    }
}

/// What one run removed, and which signing keys it replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows by sweeper, for those that found any.
    pub removed: Vec<(&'static str, u64)>,
    /// Sweepers that failed; the log says why.
    pub failed: Vec<&'static str>,
    /// Whether a sweeper stopped at its limit: another run finds more at once.
    pub more: bool,
}

type Sweeper = for<'t> fn(&'t mut Tx, &'t Ctx, i64) -> BoxFuture<'t, Result<u64>>;

const SWEEPERS: &[(&str, Sweeper)] = &[
    ("otp_challenge", |tx, ctx, limit| Box::pin(async move { Ok(otp::sweep(tx, ctx.now, limit).await?) })),
    ("device", |tx, ctx, limit| {
        Box::pin(async move {
            Ok(u64::try_from(devices::sweep_abandoned(tx, ctx, limit).await?).unwrap_or(u64::MAX))
        })
    }),
    ("flow", |tx, ctx, limit| Box::pin(async move { Ok(flow::sweep(tx, ctx.now, limit).await?) })),
    ("device_authentication", |tx, ctx, limit| {
        Box::pin(async move { Ok(device_authentication::sweep(tx, ctx.now, limit).await?) })
    }),
    ("session", |tx, ctx, limit| Box::pin(sessions::sweep(tx, ctx.now, limit))),
    ("authorization_code", |tx, ctx, limit| Box::pin(tokens::sweep_codes(tx, ctx.now, limit))),
    ("refresh_token", |tx, ctx, limit| Box::pin(tokens::sweep_refresh_tokens(tx, ctx.now, limit))),
    ("revoked_token", |tx, ctx, limit| Box::pin(tokens::sweep_revoked(tx, ctx.now, limit))),
    ("outbox", |tx, ctx, limit| {
        Box::pin(async move { Ok(outbox::sweep(tx, ctx.now.minus(OUTBOX_RETENTION), limit).await?) })
    }),
    ("push_request_overdue", |tx, ctx, limit| Box::pin(push::sweep_overdue(tx, ctx, limit))),
    ("push_request", |tx, ctx, limit| Box::pin(push::sweep(tx, ctx.now, limit))),
    ("pairing_key", |tx, ctx, limit| Box::pin(pairing_keys::sweep(tx, ctx, limit))),
    ("authentication_code", |tx, ctx, limit| Box::pin(authentication_codes::sweep(tx, ctx.now, limit))),
    ("device_nonce", |tx, ctx, limit| {
        Box::pin(async move { Ok(device_nonce::sweep(tx, ctx.now, limit).await?) })
    }),
    ("device_log", |tx, ctx, limit| Box::pin(phones::sweep_logs(tx, ctx.now, limit))),
    ("sent_quota", |tx, ctx, limit| Box::pin(quota::sweep(tx, ctx.now, limit))),
    ("audit_event", |tx, ctx, limit| Box::pin(audit::sweep(tx, ctx.now, limit))),
    // These two remove all there is at once, which is little: one code a user, one key a rotation.
    ("recovery_code", |tx, ctx, _| Box::pin(async move { Ok(recovery_code::sweep(tx, ctx.now).await?) })),
    ("signing_key", |tx, ctx, _| Box::pin(keys::sweep(tx, ctx.now))),
    ("oath_job_chunk", |tx, ctx, limit| Box::pin(oath::jobs::work(tx, ctx, limit))),
    ("oath_job", |tx, ctx, limit| Box::pin(oath::jobs::sweep(tx, ctx, limit))),
    ("environment", |tx, _, limit| Box::pin(purge_environment(tx, limit))),
];

/// Runs every sweeper once. `ctx` is that of the system; its environment does not matter.
pub async fn run_once(db: &Db, ctx: &Ctx, limits: Limits) -> Swept {
    let mut swept = Swept::default();
    for (name, sweeper) in SWEEPERS {
        match exhaust(db, ctx, *sweeper, limits).await {
            Ok((0, _)) => {}
            Ok((rows, more)) => {
                swept.removed.push((name, rows));
                swept.more |= more;
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, sweeper = name, "a sweeper failed");
                swept.failed.push(name);
            }
        }
    }
    let rotated = match keys::rotate_aged(db, ctx, MOST_ROTATIONS).await {
        Ok(rotated) => keys::rotate_policies(db, ctx, MOST_ROTATIONS).await.map(|more| rotated + more),
        Err(error) => Err(error),
    };
    match rotated {
        Ok(0) => {}
        Ok(rotated) => {
            swept.removed.push((ROTATION, rotated));
            swept.more |= rotated >= MOST_ROTATIONS.unsigned_abs();
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "signing keys could not be rotated");
            swept.failed.push(ROTATION);
        }
    }
    swept
}

/// Runs a sweeper until it finds less than a batch, or has had its rounds. Gives the rows, and whether it had to stop.
async fn exhaust(db: &Db, ctx: &Ctx, sweeper: Sweeper, limits: Limits) -> Result<(u64, bool)> {
    let batch = u64::try_from(limits.batch).unwrap_or_default();
    let mut rows = 0;
    for _ in 0..limits.rounds {
        let work = (ctx.clone(), limits.batch);
        let removed = db.write(work, move |tx, (ctx, batch)| sweeper(tx, ctx, *batch)).await?;
        rows += removed;
        if removed < batch {
            return Ok((rows, false));
        }
    }
    Ok((rows, true))
}

/// Removes a batch of what a deleted environment held. Gives the batch while there is more to do.
async fn purge_environment(tx: &mut Tx, limit: i64) -> Result<u64, Error> {
    let Some(environment) = purge::next(tx).await? else { return Ok(0) };
    purge::step(tx, environment, limit).await?;
    Ok(u64::try_from(limit).unwrap_or_default())
}
