//! Forgets device authentications.

use postern_core::time::Timestamp;

use crate::sql::{Result, Tx};

/// Removes those of all environments that are over, at most `limit`, with the tries of addresses that were no devices.
/// Gives how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    let over = "SELECT env, id FROM device_authentication WHERE expires_at <= $1 ORDER BY expires_at, env, id LIMIT $2";
    let tries = format!("DELETE FROM otp_failure WHERE (env, device_id) IN ({over})");
    tx.execute(&tries, &[now.into(), limit.into()]).await?;
    let sql = format!("DELETE FROM device_authentication WHERE (env, id) IN ({over})");
    tx.execute(&sql, &[now.into(), limit.into()]).await
}
