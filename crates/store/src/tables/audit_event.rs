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
    let params = vec![
        event.environment.into(),
        event.id.into(),
        event.recorded_at.into(),
        event.action.as_str().into(),
        event.body.as_str().into(),
    ];
    tx.execute_later(sql, params).await
}

/// The latest events of an environment, newest first.
pub async fn latest(tx: &mut Tx, environment: EnvironmentId, limit: i64) -> Result<Vec<AuditEvent>> {
    let sql =
        "SELECT env, id, recorded_at, action, body FROM audit_event WHERE env = $1 ORDER BY id DESC LIMIT $2";
    tx.query(sql, &[environment.into(), limit.into()]).await?.iter().map(read).collect()
}

/// Removes events of all environments whose ids are below `before`, at most `limit`. Gives how many.
///
/// Steps from environment to environment by the primary key, so that it reads little besides what it removes and the
/// table needs no index by time.
pub async fn sweep(tx: &mut Tx, before: EventId, limit: i64) -> Result<u64> {
    let sql = "WITH RECURSIVE tenant(env) AS (\
                 SELECT (SELECT env FROM audit_event ORDER BY env LIMIT 1) \
                 UNION ALL \
                 SELECT (SELECT a.env FROM audit_event a WHERE a.env > tenant.env ORDER BY a.env LIMIT 1) \
                 FROM tenant WHERE tenant.env IS NOT NULL) \
               DELETE FROM audit_event WHERE (env, id) IN (\
                 SELECT e.env, e.id FROM tenant JOIN audit_event e ON e.env = tenant.env WHERE e.id < $1 LIMIT $2)";
    tx.execute(sql, &[before.into(), limit.into()]).await
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
