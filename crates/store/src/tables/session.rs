//! Browser sessions of users. Only the digest of the cookie's token is kept.
//!
//! `body` is JSON text that the engine writes and reads.

use postern_core::ids::{EnvironmentId, SessionId, UserId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Row, Tx};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The tenant.
    pub environment: EnvironmentId,
    /// Its id, which is also the `sid` claim.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// SHA-256 of the cookie's token.
    pub token_digest: Vec<u8>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub active_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// What else is known of it.
    pub body: String,
}

const SELECT: &str = "SELECT id, user_id, token_digest, created_at, active_at, expires_at, body FROM session";

/// Adds a session.
pub async fn insert(tx: &mut Tx, session: &SessionRow) -> Result<()> {
    let sql = "INSERT INTO session (env, id, user_id, token_digest, created_at, active_at, expires_at, body) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let params = vec![
        session.environment.into(),
        session.id.into(),
        session.user.into(),
        session.token_digest.as_slice().into(),
        session.created_at.into(),
        session.active_at.into(),
        session.expires_at.into(),
        session.body.as_str().into(),
    ];
    tx.execute_later(sql, params).await
}

/// The session with this id, unless it has expired.
pub async fn find(
    tx: &mut Tx,
    environment: EnvironmentId,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<SessionRow>> {
    let sql = format!("{SELECT} WHERE env = $1 AND id = $2 AND expires_at > $3");
    let row = tx.query_opt(&sql, &[environment.into(), id.into(), now.into()]).await?;
    row.as_ref().map(|row| read(environment, row)).transpose()
}

/// The session of this cookie, unless it has expired.
pub async fn find_by_token(
    tx: &mut Tx,
    environment: EnvironmentId,
    token_digest: &[u8],
    now: Timestamp,
) -> Result<Option<SessionRow>> {
    let sql = format!("{SELECT} WHERE env = $1 AND token_digest = $2 AND expires_at > $3");
    let row = tx.query_opt(&sql, &[environment.into(), token_digest.into(), now.into()]).await?;
    row.as_ref().map(|row| read(environment, row)).transpose()
}

/// The living sessions of a user, newest first, at most `limit`.
pub async fn list(
    tx: &mut Tx,
    environment: EnvironmentId,
    user: UserId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<SessionRow>> {
    let sql = format!(
        "{SELECT} WHERE env = $1 AND user_id = $2 AND expires_at > $3 ORDER BY created_at DESC, id LIMIT $4"
    );
    let rows = tx.query(&sql, &[environment.into(), user.into(), now.into(), limit.into()]).await?;
    rows.iter().map(|row| read(environment, row)).collect()
}

/// Writes what changes in a session's life, and the digest of its new token in place of `old`. False when it is gone or
/// has another token by now.
pub async fn renew(tx: &mut Tx, session: &SessionRow, old: &[u8]) -> Result<bool> {
    let sql = "UPDATE session SET active_at = $3, expires_at = $4, body = $5, token_digest = $6 \
               WHERE env = $1 AND id = $2 AND token_digest = $7";
    let params = [
        session.environment.into(),
        session.id.into(),
        session.active_at.into(),
        session.expires_at.into(),
        session.body.as_str().into(),
        session.token_digest.as_slice().into(),
        old.into(),
    ];
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Writes what changes in a session's life except its token. False when it is gone.
pub async fn update(tx: &mut Tx, session: &SessionRow) -> Result<bool> {
    let sql = "UPDATE session SET active_at = $3, expires_at = $4, body = $5 WHERE env = $1 AND id = $2";
    let params = [
        session.environment.into(),
        session.id.into(),
        session.active_at.into(),
        session.expires_at.into(),
        session.body.as_str().into(),
    ];
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Ends a session. True for the one caller that ended it.
pub async fn delete(tx: &mut Tx, environment: EnvironmentId, id: SessionId) -> Result<bool> {
    let sql = "DELETE FROM session WHERE env = $1 AND id = $2";
    Ok(tx.execute(sql, &[environment.into(), id.into()]).await? == 1)
}

/// Ends all sessions of a user. Gives how many.
pub async fn delete_of_user(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<u64> {
    let sql = "DELETE FROM session WHERE env = $1 AND user_id = $2";
    tx.execute(sql, &[environment.into(), user.into()]).await
}

/// Most sessions that one call of [`trim`] ends; a user never has many too many.
const TRIMMED: i64 = 100;

/// Ends the oldest sessions of a user beyond the newest `keep`.
pub async fn trim(tx: &mut Tx, environment: EnvironmentId, user: UserId, keep: i64) -> Result<()> {
    let sql =
        "SELECT id FROM session WHERE env = $1 AND user_id = $2 ORDER BY created_at DESC LIMIT $3 OFFSET $4";
    let beyond = tx.query(sql, &[environment.into(), user.into(), TRIMMED.into(), keep.into()]).await?;
    for row in &beyond {
        delete(tx, environment, row.id(0)?).await?;
    }
    Ok(())
}

/// Removes expired sessions of all environments, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM session WHERE (env, id) IN \
               (SELECT env, id FROM session WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    tx.execute(sql, &[now.into(), limit.into()]).await
}

fn read(environment: EnvironmentId, row: &Row) -> Result<SessionRow> {
    Ok(SessionRow {
        environment,
        id: row.id(0)?,
        user: row.id(1)?,
        token_digest: row.bytes(2)?.to_vec(),
        created_at: row.timestamp(3)?,
        active_at: row.timestamp(4)?,
        expires_at: row.timestamp(5)?,
        body: row.text(6)?.to_owned(),
    })
}
