//! Proofs of devices that were used: none is accepted twice.

use postern_core::ids::{DeviceId, EnvironmentId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Tx};

/// Notes the nonce of a proof. False when it was there already.
pub async fn take(
    tx: &mut Tx,
    environment: EnvironmentId,
    device: DeviceId,
    nonce: &str,
    until: Timestamp,
) -> Result<bool> {
    let sql = "INSERT INTO device_nonce (env, device_id, nonce, expires_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (env, device_id, nonce) DO NOTHING";
    let params = [environment.into(), device.into(), nonce.into(), until.into()];
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Removes those of all environments that no longer need remembering, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM device_nonce WHERE (env, device_id, nonce) IN \
               (SELECT env, device_id, nonce FROM device_nonce WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    tx.execute(sql, &[now.into(), limit.into()]).await
}
