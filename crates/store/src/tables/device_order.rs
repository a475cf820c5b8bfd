//! Users whose devices have no order, and the places of devices that have one.

use postern_core::ids::{DeviceId, EnvironmentId, UserId};

use crate::sql::{Result, Tx};

/// Whether the user's devices have an order, and so a default device. They do unless it was removed.
pub async fn is_ordered(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<bool> {
    let sql = "SELECT 1 FROM device_unordered WHERE env = $1 AND user_id = $2";
    Ok(tx.query_opt(sql, &[environment.into(), user.into()]).await?.is_none())
}

/// Removes the order.
pub async fn remove(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<()> {
    let sql =
        "INSERT INTO device_unordered (env, user_id) VALUES ($1, $2) ON CONFLICT (env, user_id) DO NOTHING";
    tx.execute(sql, &[environment.into(), user.into()]).await.map(|_| ())
}

/// Starts an order again.
pub async fn start(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM device_unordered WHERE env = $1 AND user_id = $2";
    tx.execute(sql, &[environment.into(), user.into()]).await.map(|_| ())
}

/// How many devices of the user count towards the limit of paired devices, and how many wait for activation. Remembered
/// browsers do neither.
pub async fn counts(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<(i64, i64)> {
    let sql = "SELECT count(*), count(CASE WHEN status = 'ACTIVE' THEN 1 END) FROM device \
               WHERE env = $1 AND user_id = $2 AND type <> 'BROWSER'";
    let row = tx.query_opt(sql, &[environment.into(), user.into()]).await?;
    row.map_or(Ok((0, 0)), |row| {
        let (all, active) = (row.int(0)?, row.int(1)?);
        Ok((active, all - active))
    })
}

/// Ids of devices whose time to be activated is over, of all environments, at most `limit`.
pub async fn abandoned(
    tx: &mut Tx,
    now: postern_core::time::Timestamp,
    limit: i64,
) -> Result<Vec<(EnvironmentId, DeviceId)>> {
    let sql = "SELECT env, id FROM device WHERE expires_at IS NOT NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2";
    tx.query(sql, &[now.into(), limit.into()]).await?.iter().map(|row| Ok((row.id(0)?, row.id(1)?))).collect()
}
