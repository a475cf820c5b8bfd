//! How many hardware tokens an environment has. Whoever changes it holds its row, so that one adds tokens at a time.

use postern_core::ids::EnvironmentId;

use crate::sql::{Result, Tx};

/// The number of tokens. Nobody else changes it until the transaction ends.
pub async fn hold(tx: &mut Tx, environment: EnvironmentId) -> Result<i64> {
    let sql = "INSERT INTO oath_token_count (env, tokens) VALUES ($1, 0) \
               ON CONFLICT (env) DO UPDATE SET tokens = oath_token_count.tokens RETURNING tokens";
    tx.query_opt(sql, &[environment.into()]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Adds to it; a negative number takes away.
pub async fn add(tx: &mut Tx, environment: EnvironmentId, tokens: i64) -> Result<()> {
    let sql = "UPDATE oath_token_count SET tokens = tokens + $2 WHERE env = $1";
    tx.execute(sql, &[environment.into(), tokens.into()]).await.map(|_| ())
}
