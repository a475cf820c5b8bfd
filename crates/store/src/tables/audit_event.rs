//! The audit trail: append only.
//!
//! Ids grow with time, so the primary key is also the order of recording.

use postern_core::ids::{EnvironmentId, EventId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Row, Tx};

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// The tenant.
    pub environment: EnvironmentId,
    /// Grows with time.
    pub id: EventId,
    /// When it happened.
    pub recorded_at: Timestamp,
    /// Its type, such as `DEVICE.CREATED`.
    pub action: String,
    /// The rest, as JSON.
    pub body: String,
}

/// Adds an event.
pub async fn insert(tx: &mut Tx, event: &AuditEvent) -> Result<()> {
    let sql = "INSERT INTO audit_event (env, id, recorded_at, action, body) VALUES ($1, $2, $3, $4, $5)";
    let params = [
        event.environment.into(),
        event.id.into(),
        event.recorded_at.into(),
        event.action.as_str().into(),
        event.body.as_str().into(),
    ];
    tx.execute(sql, &params).await.map(|_| ())
}

/// The latest events of an environment, newest first.
pub async fn latest(tx: &mut Tx, environment: EnvironmentId, limit: i64) -> Result<Vec<AuditEvent>> {
    let sql =
        "SELECT env, id, recorded_at, action, body FROM audit_event WHERE env = $1 ORDER BY id DESC LIMIT $2";
    tx.query(sql, &[environment.into(), limit.into()]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<AuditEvent> {
    Ok(AuditEvent {
        environment: row.id(0)?,
        id: row.id(1)?,
        recorded_at: row.timestamp(2)?,
        action: row.text(3)?.to_owned(),
        body: row.text(4)?.to_owned(),
    })
}
