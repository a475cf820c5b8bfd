//! Push requests whose time is over. The requests themselves are documents.

use postern_core::ids::{DeviceId, EnvironmentId, PushRequestId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Tx};

/// Requests of all environments that nobody answered in time and of which nobody noted it yet, at most `limit`.
pub async fn overdue(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<(EnvironmentId, PushRequestId)>> {
    let sql = "SELECT env, id FROM push_request WHERE status = 'PENDING' AND expires_at <= $1 \
               ORDER BY expires_at LIMIT $2";
    let rows = tx.query(sql, &[now.into(), limit.into()]).await?;
    rows.iter().map(|row| Ok((row.id(0)?, row.id(1)?))).collect()
}

/// Removes requests of all environments whose time ended before then, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, ended_before: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM push_request WHERE (env, id) IN \
               (SELECT env, id FROM push_request WHERE status <> 'PENDING' AND expires_at <= $1 LIMIT $2)";
    tx.execute(sql, &[ended_before.into(), limit.into()]).await
}

/// Removes the requests of a device that is gone.
pub async fn forget(tx: &mut Tx, environment: EnvironmentId, device: DeviceId) -> Result<()> {
    let sql = "DELETE FROM push_request WHERE env = $1 AND device_id = $2";
    tx.execute(sql, &[environment.into(), device.into()]).await.map(|_| ())
}
