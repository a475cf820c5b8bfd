//! Messages on their way out: written with the change that causes them, leased by a worker, wiped at the end.
//!
//! ```text
//!  PENDING ──lease──► (leased until …) ──accepted──► SENT
//!     ▲                    │  │
//!     └──retry, lease over─┘  └──rejected, expired, given up──► FAILED
//! ```

mod settling;

pub use settling::{Attempt, Settled, Settlement, settle};

use postern_core::ids::{DeviceId, EnvironmentId, MessageId, UserId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Row, Tx, Value};

/// A message to enqueue.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The tenant.
    pub environment: EnvironmentId,
    /// Its id; also the idempotency key for providers.
    pub id: MessageId,
    /// `SMS`, `VOICE`, `EMAIL` …
    pub channel: &'static str,
    /// Sealed content.
    pub payload: String,
    /// For whom.
    pub user: Option<UserId>,
    /// For which device.
    pub device: Option<DeviceId>,
    /// When it was enqueued; also when it is first due.
    pub created_at: Timestamp,
    /// After this it is not sent any more.
    pub expires_at: Timestamp,
}

/// A message that a worker holds the lease of.
#[derive(Debug, Clone)]
pub struct Leased {
    /// The tenant.
    pub environment: EnvironmentId,
    /// Its id.
    pub id: MessageId,
    /// `SMS`, `VOICE`, `EMAIL` …
    pub channel: String,
    /// Sealed content.
    pub payload: String,
    /// Attempts before this one.
    pub attempts: i64,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// After this it is not sent any more.
    pub expires_at: Timestamp,
    /// When the lease ends; it also tells this lease from a later one of the same message.
    pub lease_until: Timestamp,
}

/// The state of a message, for the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// `PENDING`, `SENT` or `FAILED`.
    pub status: String,
    /// Attempts so far.
    pub attempts: i64,
    /// Why it failed last.
    pub reason: Option<String>,
    /// Whether the content is still there.
    pub has_payload: bool,
}

/// Enqueues a message.
pub async fn enqueue(tx: &mut Tx, message: &NewMessage) -> Result<()> {
    let sql = "INSERT INTO outbox (env, id, channel, status, payload, user_id, device_id, created_at, due_at, lease_until, \
               attempts, expires_at) VALUES ($1, $2, $3, 'PENDING', $4, $5, $6, $7, $7, 0, 0, $8)";
    let params = vec![
        message.environment.into(),
        message.id.into(),
        message.channel.into(),
        message.payload.as_str().into(),
        message.user.into(),
        message.device.into(),
        message.created_at.into(),
        message.expires_at.into(),
    ];
    tx.execute_later(sql, params).await
}

/// Messages that a lease leaves alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Except {
    /// Those of an environment.
    Environment(EnvironmentId),
    /// Those of a channel, wherever: `SMS`, `PUSH` …
    Channel(String),
    /// Those of an environment on a channel.
    Both(EnvironmentId, String),
}

/// Leases messages that are due and not leased, the longest due first. Those in `except` are left alone; with `except`
/// the cost grows with what waits there.
pub async fn lease(
    tx: &mut Tx,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
    except: &[Except],
) -> Result<Vec<Leased>> {
    let mut params: Vec<Value> = vec![now.into(), until.into(), limit.into()];
    let mut others = String::new();
    for left in except {
        let next = params.len() + 1;
        match left {
            Except::Environment(environment) => {
                params.push((*environment).into());
                others.push_str(&format!(" AND env <> ${next}"));
            }
            Except::Channel(channel) => {
                params.push(channel.as_str().into());
                others.push_str(&format!(" AND channel <> ${next}"));
            }
            Except::Both(environment, channel) => {
                params.extend([(*environment).into(), channel.as_str().into()]);
                others.push_str(&format!(" AND (env <> ${next} OR channel <> ${})", next + 1));
            }
        }
    }
    let sql = format!(
        "UPDATE outbox SET lease_until = $2 WHERE (env, id) IN (SELECT env, id FROM outbox WHERE status = 'PENDING' \
         AND due_at <= $1 AND lease_until <= $1{others} ORDER BY due_at LIMIT $3{}) \
         RETURNING env, id, channel, payload, attempts, created_at, expires_at, lease_until",
        tx.skip_locked()
    );
    tx.query(&sql, &params).await?.iter().map(leased).collect()
}

fn leased(row: &Row) -> Result<Leased> {
    Ok(Leased {
        environment: row.id(0)?,
        id: row.id(1)?,
        channel: row.text(2)?.to_owned(),
        payload: row.opt_text(3)?.unwrap_or_default().to_owned(),
        attempts: row.int(4)?,
        created_at: row.timestamp(5)?,
        expires_at: row.timestamp(6)?,
        lease_until: row.timestamp(7)?,
    })
}

/// The state of a message.
pub async fn find(tx: &mut Tx, environment: EnvironmentId, id: MessageId) -> Result<Option<Record>> {
    let sql = "SELECT status, attempts, reason, payload FROM outbox WHERE env = $1 AND id = $2";
    let row = tx.query_opt(sql, &[environment.into(), id.into()]).await?;
    row.map(|row| {
        Ok(Record {
            status: row.text(0)?.to_owned(),
            attempts: row.int(1)?,
            reason: row.opt_text(2)?.map(str::to_owned),
            has_payload: row.opt_text(3)?.is_some(),
        })
    })
    .transpose()
}

/// Ends every lease: at the start of a database's only process, whoever held one is gone.
pub async fn release_leases(tx: &mut Tx) -> Result<u64> {
    tx.execute("UPDATE outbox SET lease_until = 0 WHERE status = 'PENDING' AND lease_until > 0", &[]).await
}

/// When the next message falls due, of those that are not due yet.
pub async fn next_due(tx: &mut Tx, now: Timestamp) -> Result<Option<Timestamp>> {
    let sql = "SELECT due_at FROM outbox WHERE status = 'PENDING' AND due_at > $1 ORDER BY due_at LIMIT 1";
    tx.query_opt(sql, &[now.into()]).await?.map(|row| row.timestamp(0)).transpose()
}

/// How many messages wait.
pub async fn pending(tx: &mut Tx) -> Result<i64> {
    let sql = "SELECT count(*) FROM outbox WHERE status = 'PENDING'";
    tx.query_opt(sql, &[]).await?.map_or(Ok(0), |row| row.int(0))
}

/// The hand-overs of a message, oldest first.
pub async fn history(tx: &mut Tx, environment: EnvironmentId, id: MessageId) -> Result<Vec<Attempt>> {
    let sql = "SELECT number, at, provider, outcome, reference, reason, duration_ms FROM outbox_attempt \
               WHERE env = $1 AND message_id = $2 ORDER BY number";
    tx.query(sql, &[environment.into(), id.into()]).await?.iter().map(attempt).collect()
}

fn attempt(row: &Row) -> Result<Attempt> {
    Ok(Attempt {
        number: row.int(0)?,
        at: row.timestamp(1)?,
        provider: row.text(2)?.to_owned(),
        outcome: row.text(3)?.to_owned(),
        reference: row.opt_text(4)?.map(str::to_owned),
        reason: row.opt_text(5)?.map(str::to_owned),
        duration_ms: row.int(6)?,
    })
}

/// Removes the records of messages that ended before this time, at most `limit`.
pub async fn sweep(tx: &mut Tx, ended_before: Timestamp, limit: i64) -> Result<u64> {
    let attempts = "DELETE FROM outbox_attempt WHERE (env, message_id) IN (SELECT env, id FROM outbox \
                    WHERE finished_at IS NOT NULL AND finished_at < $1 ORDER BY finished_at LIMIT $2)";
    tx.execute(attempts, &[ended_before.into(), limit.into()]).await?;
    let messages = "DELETE FROM outbox WHERE (env, id) IN (SELECT env, id FROM outbox \
                    WHERE finished_at IS NOT NULL AND finished_at < $1 ORDER BY finished_at LIMIT $2)";
    tx.execute(messages, &[ended_before.into(), limit.into()]).await
}

#[cfg(test)]
mod tests;
