//! Refresh tokens, kept by digest. All that come from one sign-on share a family.
//!
//! A rotated token stays, marked as used, so that its reuse is seen. `body` is
//! JSON text that the engine writes and reads.

use postern_core::ids::{ApplicationId, EnvironmentId, UserId};
use postern_core::time::Timestamp;
use uuid::Uuid;

use crate::sql::{Result, Row, Tx};

/// A refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshTokenRow {
    /// The tenant.
    pub environment: EnvironmentId,
    /// SHA-256 of the token.
    pub digest: Vec<u8>,
    /// What it descends from.
    pub family: Uuid,
    /// The client it was given to.
    pub application: ApplicationId,
    /// Whom it speaks for.
    pub user: UserId,
    /// What it grants.
    pub body: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is accepted.
    pub expires_at: Timestamp,
    /// When it was exchanged for its successor.
    pub used_at: Option<Timestamp>,
}

const SELECT: &str = "SELECT digest, family_id, application_id, user_id, body, created_at, expires_at, used_at \
                      FROM refresh_token";

/// Adds an unused token.
pub async fn insert(tx: &mut Tx, token: &RefreshTokenRow) -> Result<()> {
    let sql = "INSERT INTO refresh_token \
               (env, digest, family_id, application_id, user_id, body, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let params = [
        token.environment.into(),
        token.digest.as_slice().into(),
        token.family.into(),
        token.application.into(),
        token.user.into(),
        token.body.as_str().into(),
        token.created_at.into(),
        token.expires_at.into(),
    ];
    tx.execute(sql, &params).await.map(|_| ())
}

/// The token, used or not, expired or not.
pub async fn find(tx: &mut Tx, environment: EnvironmentId, digest: &[u8]) -> Result<Option<RefreshTokenRow>> {
    let sql = format!("{SELECT} WHERE env = $1 AND digest = $2");
    let row = tx.query_opt(&sql, &[environment.into(), digest.into()]).await?;
    row.as_ref().map(|row| read(environment, row)).transpose()
}

/// Marks the token as exchanged. True for the one caller that exchanged it.
pub async fn exchange(
    tx: &mut Tx,
    environment: EnvironmentId,
    digest: &[u8],
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE refresh_token SET used_at = $3 \
               WHERE env = $1 AND digest = $2 AND used_at IS NULL AND expires_at > $3";
    Ok(tx.execute(sql, &[environment.into(), digest.into(), now.into()]).await? == 1)
}

/// Removes a family and gives what it consisted of.
pub async fn take_family(
    tx: &mut Tx,
    environment: EnvironmentId,
    family: Uuid,
) -> Result<Vec<RefreshTokenRow>> {
    let sql = "DELETE FROM refresh_token WHERE env = $1 AND family_id = $2 RETURNING \
               digest, family_id, application_id, user_id, body, created_at, expires_at, used_at";
    let rows = tx.query(sql, &[environment.into(), family.into()]).await?;
    rows.iter().map(|row| read(environment, row)).collect()
}

/// Removes all tokens that speak for a user. Gives how many.
pub async fn delete_of_user(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<u64> {
    let sql = "DELETE FROM refresh_token WHERE env = $1 AND user_id = $2";
    tx.execute(sql, &[environment.into(), user.into()]).await
}

/// Removes expired tokens of all environments, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM refresh_token WHERE (env, digest) IN \
               (SELECT env, digest FROM refresh_token WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    tx.execute(sql, &[now.into(), limit.into()]).await
}

fn read(environment: EnvironmentId, row: &Row) -> Result<RefreshTokenRow> {
    Ok(RefreshTokenRow {
        environment,
        digest: row.bytes(0)?.to_vec(),
        family: row.uuid(1)?,
        application: row.id(2)?,
        user: row.id(3)?,
        body: row.text(4)?.to_owned(),
        created_at: row.timestamp(5)?,
        expires_at: row.timestamp(6)?,
        used_at: row.opt_timestamp(7)?,
    })
}
