//! Messages on their way out: written with the change that causes them, leased by a worker, wiped at the end.
//!
//! ```text
//!  PENDING ──lease──► (leased until …) ──accepted──► SENT
//!     ▲                    │  │
//!     └──retry, lease over─┘  └──rejected, expired, given up──► FAILED
//! ```

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
    /// Sealed content.
    pub payload: String,
    /// Attempts before this one.
    pub attempts: i64,
    /// After this it is not sent any more.
    pub expires_at: Timestamp,
}

/// One hand-over to a provider.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The tenant.
    pub environment: EnvironmentId,
    /// The message.
    pub message: MessageId,
    /// 1 for the first.
    pub number: i64,
    /// When it began.
    pub at: Timestamp,
    /// The provider's name.
    pub provider: String,
    /// `ACCEPTED`, `RETRY`, `NEXT`, `REJECTED`, `MISCONFIGURED`.
    pub outcome: &'static str,
    /// The provider's id for the message.
    pub reference: Option<String>,
    /// Why it failed, without secrets.
    pub reason: Option<String>,
    /// How long it took.
    pub duration_ms: i64,
}

/// What became of a leased message.
#[derive(Debug, Clone)]
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
    let params = [
        message.environment.into(),
        message.id.into(),
        message.channel.into(),
        message.payload.as_str().into(),
        message.user.into(),
        message.device.into(),
        message.created_at.into(),
        message.expires_at.into(),
    ];
    tx.execute(sql, &params).await.map(|_| ())
}

/// Leases messages that are due and not leased, the longest due first.
pub async fn lease(tx: &mut Tx, now: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<Leased>> {
    let sql = format!(
        "UPDATE outbox SET lease_until = $2 WHERE (env, id) IN (SELECT env, id FROM outbox WHERE status = 'PENDING' \
         AND due_at <= $1 AND lease_until <= $1 ORDER BY due_at LIMIT $3{}) RETURNING env, id, payload, attempts, expires_at",
        tx.skip_locked()
    );
    tx.query(&sql, &[now.into(), until.into(), limit.into()]).await?.iter().map(leased).collect()
}

fn leased(row: &Row) -> Result<Leased> {
    Ok(Leased {
        environment: row.id(0)?,
        id: row.id(1)?,
        payload: row.opt_text(2)?.unwrap_or_default().to_owned(),
        attempts: row.int(3)?,
        expires_at: row.timestamp(4)?,
    })
}

/// Settles a message whose lease the caller holds, and ends the lease.
pub async fn settle(tx: &mut Tx, message: &Leased, attempts: i64, settlement: &Settlement, now: Timestamp) -> Result<()> {
    let (status, due_at, reason, finished): (_, Value, Option<&str>, Value) = match settlement {
        Settlement::Sent => ("SENT", now.into(), None, now.into()),
        Settlement::Failed { reason } => ("FAILED", now.into(), Some(reason), now.into()),
        Settlement::Again { due_at, reason } => ("PENDING", (*due_at).into(), Some(reason), Value::Null),
    };
    let sql = "UPDATE outbox SET status = $3, due_at = $4, reason = $5, finished_at = $6, attempts = $7, lease_until = 0, \
               payload = CASE WHEN $6 IS NULL THEN payload END WHERE env = $1 AND id = $2 AND status = 'PENDING'";
    let params = [
        message.environment.into(),
        message.id.into(),
        status.into(),
        due_at,
        reason.into(),
        finished,
        attempts.into(),
    ];
    tx.execute(sql, &params).await.map(|_| ())
}

/// Keeps the history of a hand-over.
pub async fn record(tx: &mut Tx, attempt: &Attempt) -> Result<()> {
    let sql = "INSERT INTO outbox_attempt (env, message_id, number, at, provider, outcome, reference, reason, duration_ms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let params = [
        attempt.environment.into(),
        attempt.message.into(),
        attempt.number.into(),
        attempt.at.into(),
        attempt.provider.as_str().into(),
        attempt.outcome.into(),
        attempt.reference.as_deref().into(),
        attempt.reason.as_deref().into(),
        attempt.duration_ms.into(),
    ];
    tx.execute(sql, &params).await.map(|_| ())
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

/// When the next message is due, of those not leased beyond that time.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let sql = "SELECT min(CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END) FROM outbox WHERE status = 'PENDING'";
    tx.query_opt(sql, &[]).await?.map_or(Ok(None), |row| row.opt_timestamp(0))
}

/// How many messages wait.
pub async fn pending(tx: &mut Tx) -> Result<i64> {
    let sql = "SELECT count(*) FROM outbox WHERE status = 'PENDING'";
    tx.query_opt(sql, &[]).await?.map_or(Ok(0), |row| row.int(0))
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
