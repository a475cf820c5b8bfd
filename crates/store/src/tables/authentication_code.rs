//! Authentication codes whose time is over. The codes themselves are documents.

use postern_core::time::Timestamp;

use crate::sql::{Result, Tx};

/// Removes those of all environments that are to be forgotten, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM authentication_code WHERE (env, id) IN \
               (SELECT env, id FROM authentication_code WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2)";
    tx.execute(sql, &[now.into(), limit.into()]).await
}
