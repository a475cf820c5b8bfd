//! Pairing keys whose time is over. The keys themselves are documents.

use postern_core::ids::{EnvironmentId, UserId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Tx};

/// Removes those of all environments that are to be forgotten, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM pairing_key WHERE (env, id) IN \
               (SELECT env, id FROM pairing_key WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2)";
    tx.execute(sql, &[now.into(), limit.into()]).await
}

/// Removes the keys of a deleted user.
pub async fn forget(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM pairing_key WHERE env = $1 AND user_id = $2";
    tx.execute(sql, &[environment.into(), user.into()]).await.map(|_| ())
}
