//! The logs that applications sent: the latest of each device, sealed.

use postern_core::ids::{DeviceId, EnvironmentId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Tx};

/// Sets the logs of a device; earlier ones are gone.
pub async fn put(
    tx: &mut Tx,
    environment: EnvironmentId,
    device: DeviceId,
    sealed: &str,
    now: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO device_log (env, device_id, received_at, body) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (env, device_id) DO UPDATE SET received_at = excluded.received_at, body = excluded.body";
    tx.execute(sql, &[environment.into(), device.into(), now.into(), sealed.into()]).await.map(|_| ())
}

/// The logs of a device.
pub async fn find(
    tx: &mut Tx,
    environment: EnvironmentId,
    device: DeviceId,
) -> Result<Option<(Timestamp, String)>> {
    let sql = "SELECT received_at, body FROM device_log WHERE env = $1 AND device_id = $2";
    let row = tx.query_opt(sql, &[environment.into(), device.into()]).await?;
    row.map(|row| Ok((row.timestamp(0)?, row.text(1)?.to_owned()))).transpose()
}

/// Removes the logs of a device that is gone.
pub async fn forget(tx: &mut Tx, environment: EnvironmentId, device: DeviceId) -> Result<()> {
    let sql = "DELETE FROM device_log WHERE env = $1 AND device_id = $2";
    tx.execute(sql, &[environment.into(), device.into()]).await.map(|_| ())
}

/// Removes logs of all environments that came before this time, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, received_before: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM device_log WHERE (env, device_id) IN \
               (SELECT env, device_id FROM device_log WHERE received_at < $1 ORDER BY received_at LIMIT $2)";
    tx.execute(sql, &[received_before.into(), limit.into()]).await
}
