//! Authorization codes, kept by digest. A used code stays for a while so that a replay is seen.
//!
//! `body` is JSON text that the engine writes and reads.

use postern_core::ids::{ApplicationId, EnvironmentId};
use postern_core::time::Timestamp;
use uuid::Uuid;

use crate::sql::{Result, Tx};

/// A code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// The tenant.
    pub environment: EnvironmentId,
    /// SHA-256 of the code.
    pub digest: Vec<u8>,
    /// The client it was made for.
    pub application: ApplicationId,
    /// What it grants.
    pub body: String,
    /// Until when it is accepted; of a used one, until when it is remembered.
    pub expires_at: Timestamp,
    /// When it was redeemed.
    pub used_at: Option<Timestamp>,
    /// The family of tokens it was redeemed for.
    pub family: Option<Uuid>,
}

/// Adds an unused code. One that is there already stays as it is.
pub async fn put(tx: &mut Tx, code: &CodeRow) -> Result<()> {
    let sql = "INSERT INTO authorization_code (env, digest, application_id, body, expires_at) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (env, digest) DO NOTHING";
    let params = vec![
        code.environment.into(),
        code.digest.as_slice().into(),
        code.application.into(),
        code.body.as_str().into(),
        code.expires_at.into(),
    ];
    tx.execute_later(sql, params).await
}

/// The code, used or not, expired or not.
pub async fn find(tx: &mut Tx, environment: EnvironmentId, digest: &[u8]) -> Result<Option<CodeRow>> {
    let sql = "SELECT application_id, body, expires_at, used_at, family_id FROM authorization_code \
               WHERE env = $1 AND digest = $2";
    let row = tx.query_opt(sql, &[environment.into(), digest.into()]).await?;
    row.map(|row| {
        Ok(CodeRow {
            environment,
            digest: digest.to_vec(),
            application: row.id(0)?,
            body: row.text(1)?.to_owned(),
            expires_at: row.timestamp(2)?,
            used_at: row.opt_timestamp(3)?,
            family: row.opt_uuid(4)?,
        })
    })
    .transpose()
}

/// Redeems the code for a family of tokens and remembers it until `remember_until`.
/// True for the one caller that redeemed it.
pub async fn redeem(
    tx: &mut Tx,
    environment: EnvironmentId,
    digest: &[u8],
    family: Uuid,
    now: Timestamp,
    remember_until: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE authorization_code SET used_at = $3, family_id = $4, expires_at = $5 \
               WHERE env = $1 AND digest = $2 AND used_at IS NULL AND expires_at > $3";
    let params = [environment.into(), digest.into(), now.into(), family.into(), remember_until.into()];
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Removes codes of all environments whose time is over, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM authorization_code WHERE (env, digest) IN \
               (SELECT env, digest FROM authorization_code WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    tx.execute(sql, &[now.into(), limit.into()]).await
}
