//! Sign-on flows whose time is over. The flows themselves are documents.

use postern_core::time::Timestamp;

use crate::sql::{Result, Tx};

/// Removes expired flows of all environments, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM flow WHERE (env, id) IN \
               (SELECT env, id FROM flow WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    tx.execute(sql, &[now.into(), limit.into()]).await
}
