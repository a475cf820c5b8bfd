//! One-time passcodes that wait for their check, and the tries spent on a device.
//!
//! Who checks a code looks first whether tries are left, and keeps others from
//! counting until it is done ([`tries_to_count`]): however many checks run at
//! once, no more of them than the policy allows learn anything. A challenge is consumed by deleting it: only one deleter wins.

use postern_core::ids::{DeviceId, EnvironmentId, Id};
use postern_core::time::Timestamp;
use uuid::Uuid;

use crate::sql::{Result, Tx};

/// A code that was sent. `id` is the flow's id, or the device's own while it is being paired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The tenant.
    pub environment: EnvironmentId,
    /// What the code answers for.
    pub id: Uuid,
    /// Where it was sent.
    pub device: DeviceId,
    /// Keyed hash of the code, bound to this challenge.
    pub digest: Vec<u8>,
    /// Until when it is accepted.
    pub expires_at: Timestamp,
}

/// Sets the code; an earlier one for the same thing is gone.
pub async fn put(tx: &mut Tx, challenge: &Challenge) -> Result<()> {
    let sql = "INSERT INTO otp_challenge (env, id, device_id, digest, expires_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (env, id) DO UPDATE SET device_id = excluded.device_id, digest = excluded.digest, \
               expires_at = excluded.expires_at";
    let params = vec![
        challenge.environment.into(),
        challenge.id.into(),
        challenge.device.into(),
        challenge.digest.clone().into(),
        challenge.expires_at.into(),
    ];
    tx.execute_later(sql, params).await
}

/// The code that waits, unless it has expired.
pub async fn find(
    tx: &mut Tx,
    environment: EnvironmentId,
    id: Uuid,
    now: Timestamp,
) -> Result<Option<Challenge>> {
    let sql = "SELECT device_id, digest, expires_at FROM otp_challenge WHERE env = $1 AND id = $2 AND expires_at > $3";
    let row = tx.query_opt(sql, &[environment.into(), id.into(), now.into()]).await?;
    row.map(|row| {
        let (device, digest, expires_at) = (row.id(0)?, row.bytes(1)?.to_vec(), row.timestamp(2)?);
        Ok(Challenge { environment, id, device, digest, expires_at })
    })
    .transpose()
}

/// Removes the code. True for the one caller that removed it.
pub async fn consume(tx: &mut Tx, environment: EnvironmentId, id: Uuid) -> Result<bool> {
    let sql = "DELETE FROM otp_challenge WHERE env = $1 AND id = $2";
    Ok(tx.execute(sql, &[environment.into(), id.into()]).await? == 1)
}

/// Removes every code that was sent to the device.
pub async fn consume_all(tx: &mut Tx, environment: EnvironmentId, device: DeviceId) -> Result<()> {
    let sql = "DELETE FROM otp_challenge WHERE env = $1 AND device_id = $2";
    tx.execute(sql, &[environment.into(), device.into()]).await.map(|_| ())
}

/// Tries that are spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// Since the last success, the end of the last lock, or a new code where nothing is locked.
    pub spent: i64,
    /// Since the last success or an administrator's unlock.
    pub ever: i64,
}

/// How many tries are spent. Nobody else counts any of the device until the transaction ends.
pub async fn tries_to_count(tx: &mut Tx, environment: EnvironmentId, device: DeviceId) -> Result<Tries> {
    let lock = tx.row_lock();
    if !lock.is_empty() {
        // There may be no count yet, but there is a device.
        let sql = format!("SELECT 1 FROM device WHERE env = $1 AND id = $2{lock}");
        tx.execute_later(&sql, vec![environment.into(), device.into()]).await?;
    }
    tries(tx, environment, device).await
}

/// Counts a wrong answer, for a caller that has [`tries_to_count`].
pub async fn count_try(tx: &mut Tx, environment: EnvironmentId, device: DeviceId) -> Result<()> {
    let sql = "INSERT INTO otp_failure (env, device_id, failures, ever) VALUES ($1, $2, 1, 1) \
               ON CONFLICT (env, device_id) DO UPDATE SET failures = otp_failure.failures + 1, ever = otp_failure.ever + 1";
    tx.execute_later(sql, vec![environment.into(), device.into()]).await
}

/// Counts an answer that the policy does not count, for a caller that has [`tries_to_count`].
pub async fn count_in_life(tx: &mut Tx, environment: EnvironmentId, device: DeviceId) -> Result<()> {
    let sql = "INSERT INTO otp_failure (env, device_id, failures, ever) VALUES ($1, $2, 0, 1) \
               ON CONFLICT (env, device_id) DO UPDATE SET ever = otp_failure.ever + 1";
    tx.execute_later(sql, vec![environment.into(), device.into()]).await
}

/// Gives the tries back that the policy counts: a lock has ended, or there is a new code.
pub async fn renew_tries(tx: &mut Tx, environment: EnvironmentId, device: DeviceId) -> Result<()> {
    let sql = "UPDATE otp_failure SET failures = 0 WHERE env = $1 AND device_id = $2";
    tx.execute(sql, &[environment.into(), device.into()]).await.map(|_| ())
}

/// Gives all tries back: after a success or an administrator's unlock.
pub async fn reset_tries(tx: &mut Tx, environment: EnvironmentId, device: DeviceId) -> Result<()> {
    let sql = "DELETE FROM otp_failure WHERE env = $1 AND device_id = $2";
    tx.execute_later(sql, vec![environment.into(), device.into()]).await
}

/// How many tries are spent.
pub async fn tries(tx: &mut Tx, environment: EnvironmentId, device: DeviceId) -> Result<Tries> {
    let sql = "SELECT failures, ever FROM otp_failure WHERE env = $1 AND device_id = $2";
    let row = tx.query_opt(sql, &[environment.into(), device.into()]).await?;
    row.map_or(Ok(Tries { spent: 0, ever: 0 }), |row| Ok(Tries { spent: row.int(0)?, ever: row.int(1)? }))
}

/// Removes expired codes of all environments, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM otp_challenge WHERE (env, id) IN \
               (SELECT env, id FROM otp_challenge WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    tx.execute(sql, &[now.into(), limit.into()]).await
}

/// Removes everything about a device.
pub async fn forget(tx: &mut Tx, environment: EnvironmentId, device: DeviceId) -> Result<()> {
    consume_all(tx, environment, device).await?;
    reset_tries(tx, environment, device).await
}

/// The id under which the pairing code of a device waits.
#[must_use]
pub fn pairing(device: DeviceId) -> Uuid {
    device.uuid()
}

#[cfg(test)]
mod tests;
