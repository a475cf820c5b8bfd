//! Access tokens that were revoked before their end, by `jti`.

use postern_core::ids::EnvironmentId;
use postern_core::time::Timestamp;

use crate::sql::{Result, Tx};

/// Revokes the token. `expires_at` is a moment after which it would be refused anyway.
pub async fn revoke(tx: &mut Tx, environment: EnvironmentId, jti: &str, expires_at: Timestamp) -> Result<()> {
    let sql = "INSERT INTO revoked_token (env, jti, expires_at) VALUES ($1, $2, $3) \
               ON CONFLICT (env, jti) DO NOTHING";
    tx.execute(sql, &[environment.into(), jti.into(), expires_at.into()]).await.map(|_| ())
}

/// Whether the token was revoked.
pub async fn is_revoked(tx: &mut Tx, environment: EnvironmentId, jti: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM revoked_token WHERE env = $1 AND jti = $2";
    Ok(tx.query_opt(sql, &[environment.into(), jti.into()]).await?.is_some())
}

/// Removes entries of all environments that are no longer needed, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM revoked_token WHERE (env, jti) IN \
               (SELECT env, jti FROM revoked_token WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    tx.execute(sql, &[now.into(), limit.into()]).await
}
