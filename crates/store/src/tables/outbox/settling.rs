//! What became of leased messages: many at a time, in few statements.
//!
//! Who settles must still hold the lease that it was given. A message that
//! another worker leased since, or that ended, stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use postern_core::ids::{EnvironmentId, MessageId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Row, Tx, Value};

/// Rows of one statement, largest first. Few sizes, so that few statements are prepared.
const CHUNKS: [usize; 3] = [32, 8, 1];

/// A leased message with what became of it.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The tenant.
    pub environment: EnvironmentId,
    /// The message.
    pub id: MessageId,
    /// The end of the lease under which it happened.
    pub lease_until: Timestamp,
    /// Attempts so far, these included.
    pub attempts: i64,
    /// What became of it.
    pub settlement: Settlement,
    /// The attempts made under this lease.
    pub history: Vec<Attempt>,
}

/// What became of a leased message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// A provider took it.
    Sent,
    /// It is given up.
    Failed {
        /// Why.
        reason: String,
    },
    /// It is tried again at this time.
    Again {
        /// When.
        due_at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// One hand-over to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// 1 for the first of the message.
    pub number: i64,
    /// When it began.
    pub at: Timestamp,
    /// The provider's name.
    pub provider: String,
    /// `ACCEPTED`, `RETRY`, `NEXT`, `REJECTED`, `MISCONFIGURED`.
    pub outcome: String,
    /// The provider's id for the message.
    pub reference: Option<String>,
    /// Why it failed, without secrets.
    pub reason: Option<String>,
    /// How long it took.
    pub duration_ms: i64,
}

/// Settles messages, ends their leases and keeps the history of their attempts. Gives those that were settled;
/// the others had been leased to another worker since, or had ended.
pub async fn settle(tx: &mut Tx, all: &[Settled], now: Timestamp) -> Result<BTreeSet<MessageId>> {
    let mut settled = BTreeSet::new();
    let mut sent: BTreeMap<i64, Vec<&Settled>> = BTreeMap::new();
    for one in all {
        match &one.settlement {
            Settlement::Sent => sent.entry(one.attempts).or_default().push(one),
            other => settled.extend(settle_one(tx, one, other, now).await?),
        }
    }
    for (attempts, group) in &sent {
        for chunk in chunks(group) {
            settled.extend(mark_sent(tx, chunk, *attempts, now).await?);
        }
    }
    let history: Vec<(&Settled, &Attempt)> = all
        .iter()
        .filter(|one| settled.contains(&one.id))
        .flat_map(|one| one.history.iter().map(move |attempt| (one, attempt)))
        .collect();
    for chunk in chunks(&history) {
        record(tx, chunk).await?;
    }
    Ok(settled)
}

async fn settle_one(
    tx: &mut Tx,
    one: &Settled,
    settlement: &Settlement,
    now: Timestamp,
) -> Result<Option<MessageId>> {
    let (status, due_at, reason, finished) = match settlement {
        Settlement::Sent => ("SENT", now, None, Value::from(now)),
        Settlement::Failed { reason } => ("FAILED", now, Some(reason.as_str()), now.into()),
        Settlement::Again { due_at, reason } => ("PENDING", *due_at, Some(reason.as_str()), Value::Null),
    };
    let payload = if finished.is_null() { "" } else { "payload = NULL, " };
    let sql = format!(
        "UPDATE outbox SET status = $4, due_at = $5, reason = $6, finished_at = $7, attempts = $8, {payload}lease_until = 0 \
         WHERE env = $1 AND id = $2 AND lease_until = $3 AND status = 'PENDING' RETURNING id"
    );
    let params = [
        one.environment.into(),
        one.id.into(),
        one.lease_until.into(),
        status.into(),
        due_at.into(),
        reason.into(),
        finished,
        one.attempts.into(),
    ];
    tx.query_opt(&sql, &params).await?.map(|row| row.id(0)).transpose()
}

async fn mark_sent(tx: &mut Tx, chunk: &[&Settled], attempts: i64, now: Timestamp) -> Result<Vec<MessageId>> {
    let mut params: Vec<Value> = vec![now.into(), attempts.into()];
    let mut leases = String::new();
    for one in chunk {
        let first = params.len() + 1;
        let or = if leases.is_empty() { "" } else { " OR " };
        leases.push_str(&format!(
            "{or}(env = ${first} AND id = ${} AND lease_until = ${})",
            first + 1,
            first + 2
        ));
        params.extend([one.environment.into(), one.id.into(), one.lease_until.into()]);
    }
    let sql = format!(
        "UPDATE outbox SET status = 'SENT', due_at = $1, finished_at = $1, attempts = $2, reason = NULL, payload = NULL, \
         lease_until = 0 WHERE status = 'PENDING' AND ({leases}) RETURNING id"
    );
    tx.query(&sql, &params).await?.iter().map(|row: &Row| row.id(0)).collect()
}

async fn record(tx: &mut Tx, chunk: &[(&Settled, &Attempt)]) -> Result<()> {
    let mut params: Vec<Value> = Vec::with_capacity(chunk.len() * 9);
    let mut rows = String::new();
    for (message, attempt) in chunk {
        let comma = if rows.is_empty() { "" } else { ", " };
        let places: Vec<String> =
            (params.len() + 1..=params.len() + 9).map(|place| format!("${place}")).collect();
        rows.push_str(&format!("{comma}({})", places.join(", ")));
        params.extend([
            message.environment.into(),
            message.id.into(),
            attempt.number.into(),
            attempt.at.into(),
            attempt.provider.as_str().into(),
            attempt.outcome.as_str().into(),
            attempt.reference.as_deref().into(),
            attempt.reason.as_deref().into(),
            attempt.duration_ms.into(),
        ]);
    }
    let sql = format!(
        "INSERT INTO outbox_attempt (env, message_id, number, at, provider, outcome, reference, reason, duration_ms) VALUES {rows}"
    );
    tx.execute(&sql, &params).await.map(|_| ())
}

/// The items in pieces of the sizes of [`CHUNKS`].
fn chunks<T>(mut items: &[T]) -> Vec<&[T]> {
    let mut chunks = Vec::new();
    while let Some(size) = CHUNKS.into_iter().find(|size| *size <= items.len()) {
        let (chunk, rest) = items.split_at(size);
        chunks.push(chunk);
        items = rest;
    }
    chunks
}
