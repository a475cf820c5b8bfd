//! Wrong MFA actions of a user since the last success, for the account lockout.

use postern_core::ids::{EnvironmentId, UserId};

use crate::sql::{Result, Tx};

/// Counts one more. Gives the new count.
pub async fn add(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<i64> {
    let sql = "INSERT INTO account_failure (env, user_id, failures) VALUES ($1, $2, 1) \
               ON CONFLICT (env, user_id) DO UPDATE SET failures = account_failure.failures + 1 RETURNING failures";
    tx.query_opt(sql, &[environment.into(), user.into()]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Forgets them, after a success or an unlock.
pub async fn reset(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM account_failure WHERE env = $1 AND user_id = $2";
    tx.execute_later(sql, vec![environment.into(), user.into()]).await
}
