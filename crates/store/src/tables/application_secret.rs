//! Sealed secrets of applications and custom resources: the current one and, for a while, the one before.
//!
//! The owner's id is the key. Sealing and opening is the caller's; a secret
//! keeps its cipher text when it becomes the previous one.

use postern_core::ids::EnvironmentId;
use postern_core::secret::Sealed;
use postern_core::time::Timestamp;
use uuid::Uuid;

use crate::sql::{Result, Row, Tx};

/// What is kept for one owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationSecret {
    /// The secret that is valid now.
    pub current: Sealed,
    /// The one before, kept by the last rotation.
    pub previous: Option<PreviousSecret>,
}

/// A secret that was replaced and is still accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousSecret {
    /// The secret.
    pub secret: Sealed,
    /// Until when it is accepted.
    pub expires_at: Timestamp,
    /// When it was last used since the rotation.
    pub used_at: Option<Timestamp>,
}

/// Sets the secret; whatever was there is gone.
pub async fn put(tx: &mut Tx, environment: EnvironmentId, owner: Uuid, secret: &Sealed) -> Result<()> {
    let sql = "INSERT INTO application_secret (env, application_id, current) VALUES ($1, $2, $3) \
               ON CONFLICT (env, application_id) DO UPDATE SET current = excluded.current, \
               previous = NULL, previous_expires_at = NULL, previous_used_at = NULL";
    tx.execute(sql, &[environment.into(), owner.into(), secret.0.as_str().into()]).await.map(|_| ())
}

/// The secrets of the owner. The previous one is given even when it has expired.
pub async fn find(tx: &mut Tx, environment: EnvironmentId, owner: Uuid) -> Result<Option<ApplicationSecret>> {
    let sql = "SELECT current, previous, previous_expires_at, previous_used_at FROM application_secret \
               WHERE env = $1 AND application_id = $2";
    tx.query_opt(sql, &[environment.into(), owner.into()]).await?.as_ref().map(read).transpose()
}

/// The environment's secrets with their owners, by owner.
pub async fn list(
    tx: &mut Tx,
    environment: EnvironmentId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, ApplicationSecret)>> {
    let sql = "SELECT current, previous, previous_expires_at, previous_used_at, application_id \
               FROM application_secret WHERE env = $1 AND application_id > $2 ORDER BY application_id LIMIT $3";
    let params = [environment.into(), after.unwrap_or(Uuid::nil()).into(), limit.into()];
    tx.query(sql, &params).await?.iter().map(|row| Ok((row.uuid(4)?, read(row)?))).collect()
}

/// Replaces the seals of an owner's secrets, unless the current one was replaced meanwhile. Gives whether it was.
pub async fn reseal(
    tx: &mut Tx,
    environment: EnvironmentId,
    owner: Uuid,
    old: &Sealed,
    current: &Sealed,
    previous: Option<&Sealed>,
) -> Result<bool> {
    let sql = "UPDATE application_secret SET current = $4, \
               previous = CASE WHEN previous IS NULL THEN NULL ELSE $5 END \
               WHERE env = $1 AND application_id = $2 AND current = $3";
    let params = [
        environment.into(),
        owner.into(),
        old.0.as_str().into(),
        current.0.as_str().into(),
        previous.map(|sealed| sealed.0.as_str().to_owned()).into(),
    ];
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Replaces the secret and keeps the one it replaces until then. False when there is none to replace.
pub async fn rotate(
    tx: &mut Tx,
    environment: EnvironmentId,
    owner: Uuid,
    secret: &Sealed,
    previous_expires_at: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE application_secret SET previous = current, previous_expires_at = $4, \
               previous_used_at = NULL, current = $3 WHERE env = $1 AND application_id = $2";
    let params = [environment.into(), owner.into(), secret.0.as_str().into(), previous_expires_at.into()];
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Drops the previous secret. True when there was one.
pub async fn drop_previous(tx: &mut Tx, environment: EnvironmentId, owner: Uuid) -> Result<bool> {
    let sql = "UPDATE application_secret SET previous = NULL, previous_expires_at = NULL, \
               previous_used_at = NULL WHERE env = $1 AND application_id = $2 AND previous IS NOT NULL";
    Ok(tx.execute(sql, &[environment.into(), owner.into()]).await? == 1)
}

/// Notes that the previous secret was used.
pub async fn note_previous_used(
    tx: &mut Tx,
    environment: EnvironmentId,
    owner: Uuid,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE application_secret SET previous_used_at = $3 \
               WHERE env = $1 AND application_id = $2 AND previous IS NOT NULL";
    tx.execute(sql, &[environment.into(), owner.into(), now.into()]).await.map(|_| ())
}

/// Removes the secrets of the owner.
pub async fn forget(tx: &mut Tx, environment: EnvironmentId, owner: Uuid) -> Result<()> {
    let sql = "DELETE FROM application_secret WHERE env = $1 AND application_id = $2";
    tx.execute(sql, &[environment.into(), owner.into()]).await.map(|_| ())
}

fn read(row: &Row) -> Result<ApplicationSecret> {
    let previous = match (row.opt_text(1)?, row.opt_timestamp(2)?) {
        (Some(secret), Some(expires_at)) => Some(PreviousSecret {
            secret: Sealed(secret.to_owned()),
            expires_at,
            used_at: row.opt_timestamp(3)?,
        }),
        _ => None,
    };
    Ok(ApplicationSecret { current: Sealed(row.text(0)?.to_owned()), previous })
}
