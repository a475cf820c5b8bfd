//! Codes that were mailed to recover a password: one per user, by keyed hash.
//!
//! A try is taken before the code is compared, so that concurrent tries never
//! learn more than are allowed.

use postern_core::ids::{EnvironmentId, UserId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Tx};

/// Sets the code; an earlier one is gone.
pub async fn put(
    tx: &mut Tx,
    environment: EnvironmentId,
    user: UserId,
    digest: &[u8],
    expires_at: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO recovery_code (env, user_id, digest, attempts, expires_at) VALUES ($1, $2, $3, 0, $4) \
               ON CONFLICT (env, user_id) DO UPDATE SET digest = excluded.digest, attempts = 0, expires_at = excluded.expires_at";
    tx.execute(sql, &[environment.into(), user.into(), digest.into(), expires_at.into()]).await.map(|_| ())
}

/// Takes one of `allowed` tries and gives the hash to compare with; nothing when there is no live code or no try left.
pub async fn take_try(
    tx: &mut Tx,
    environment: EnvironmentId,
    user: UserId,
    allowed: i64,
    now: Timestamp,
) -> Result<Option<Vec<u8>>> {
    let sql = "UPDATE recovery_code SET attempts = attempts + 1 \
               WHERE env = $1 AND user_id = $2 AND attempts < $3 AND expires_at > $4 RETURNING digest";
    let row = tx.query_opt(sql, &[environment.into(), user.into(), allowed.into(), now.into()]).await?;
    row.map(|row| row.bytes(0).map(<[u8]>::to_vec)).transpose()
}

/// When the live code of the user ends, if there is one.
pub async fn expiry(
    tx: &mut Tx,
    environment: EnvironmentId,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let sql = "SELECT expires_at FROM recovery_code WHERE env = $1 AND user_id = $2 AND expires_at > $3";
    let row = tx.query_opt(sql, &[environment.into(), user.into(), now.into()]).await?;
    row.map(|row| row.timestamp(0)).transpose()
}

/// Removes the code. True for the one caller that removed it.
pub async fn consume(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<bool> {
    let sql = "DELETE FROM recovery_code WHERE env = $1 AND user_id = $2";
    Ok(tx.execute(sql, &[environment.into(), user.into()]).await? == 1)
}

/// Removes the code of a deleted user.
pub async fn delete(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<()> {
    consume(tx, environment, user).await.map(|_| ())
}

/// Removes expired codes of all environments. Gives how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM recovery_code WHERE expires_at <= $1", &[now.into()]).await
}
