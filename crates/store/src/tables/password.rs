//! Passwords of users: the hash, its state, its history, and the wrong tries since the last right one.
//!
//! `history` is JSON text that the engine writes and reads. Changes name the
//! hash they were made for, so that one made meanwhile is seen.

use postern_core::ids::{EnvironmentId, UserId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Row, Tx};

/// A password as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordRow {
    /// The tenant.
    pub environment: EnvironmentId,
    /// Whose it is.
    pub user: UserId,
    /// The hash.
    pub hash: String,
    /// Whether it must be changed at the next sign-on.
    pub must_change: bool,
    /// Wrong tries since the last right one.
    pub failures: i64,
    /// Until when no try is taken.
    pub locked_until: Option<Timestamp>,
    /// When it was set.
    pub changed_at: Timestamp,
    /// Earlier hashes.
    pub history: String,
}

impl std::fmt::Debug for PasswordRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordRow").field("user", &self.user).finish_non_exhaustive()
    }
}

const FIND: &str = "SELECT hash, must_change, failures, locked_until, changed_at, history FROM password \
                    WHERE env = $1 AND user_id = $2";

/// The password of a user.
pub async fn find(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<Option<PasswordRow>> {
    let row = tx.query_opt(FIND, &[environment.into(), user.into()]).await?;
    row.as_ref().map(|row| read(environment, user, row)).transpose()
}

/// The password of a user, which nobody else changes until the transaction ends: for who counts a try and decides by
/// the tries before it.
pub async fn find_locked(
    tx: &mut Tx,
    environment: EnvironmentId,
    user: UserId,
) -> Result<Option<PasswordRow>> {
    let sql = format!("{FIND}{}", tx.row_lock());
    let row = tx.query_opt(&sql, &[environment.into(), user.into()]).await?;
    row.as_ref().map(|row| read(environment, user, row)).transpose()
}

/// Sets a password where `expected` is the hash there is now (nothing: no password). False when it is another one.
/// Tries and lock are forgotten.
pub async fn set(tx: &mut Tx, new: &PasswordRow, expected: Option<&str>) -> Result<bool> {
    let params = [
        new.environment.into(),
        new.user.into(),
        new.hash.as_str().into(),
        new.must_change.into(),
        new.changed_at.into(),
        new.history.as_str().into(),
    ];
    let Some(expected) = expected else {
        let sql = "INSERT INTO password (env, user_id, hash, must_change, failures, changed_at, history) \
                   VALUES ($1, $2, $3, $4, 0, $5, $6) ON CONFLICT (env, user_id) DO NOTHING";
        return Ok(tx.execute(sql, &params).await? == 1);
    };
    let sql = "UPDATE password SET hash = $3, must_change = $4, failures = 0, locked_until = NULL, changed_at = $5, \
               history = $6 WHERE env = $1 AND user_id = $2 AND hash = $7";
    let params: Vec<_> = params.into_iter().chain([expected.into()]).collect();
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Replaces the hash by another of the same password.
pub async fn rehash(
    tx: &mut Tx,
    environment: EnvironmentId,
    user: UserId,
    old: &str,
    new: &str,
) -> Result<()> {
    let sql = "UPDATE password SET hash = $4 WHERE env = $1 AND user_id = $2 AND hash = $3";
    tx.execute(sql, &[environment.into(), user.into(), old.into(), new.into()]).await.map(|_| ())
}

/// Counts a wrong try; a lock that is over is forgotten first. Gives the new count.
pub async fn count_failure(
    tx: &mut Tx,
    environment: EnvironmentId,
    user: UserId,
    now: Timestamp,
) -> Result<i64> {
    let sql = "UPDATE password SET failures = CASE WHEN locked_until <= $3 THEN 1 ELSE failures + 1 END, \
               locked_until = CASE WHEN locked_until <= $3 THEN NULL ELSE locked_until END \
               WHERE env = $1 AND user_id = $2 RETURNING failures";
    tx.query_opt(sql, &[environment.into(), user.into(), now.into()]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Takes no try until then.
pub async fn lock(tx: &mut Tx, environment: EnvironmentId, user: UserId, until: Timestamp) -> Result<()> {
    let sql = "UPDATE password SET locked_until = $3 WHERE env = $1 AND user_id = $2";
    tx.execute(sql, &[environment.into(), user.into(), until.into()]).await.map(|_| ())
}

/// Forgets wrong tries and the lock.
pub async fn forgive(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<()> {
    let sql = "UPDATE password SET failures = 0, locked_until = NULL WHERE env = $1 AND user_id = $2";
    tx.execute(sql, &[environment.into(), user.into()]).await.map(|_| ())
}

/// Demands a change at the next sign-on. False when there is no password.
pub async fn force_change(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<bool> {
    let sql = "UPDATE password SET must_change = 1 WHERE env = $1 AND user_id = $2";
    Ok(tx.execute(sql, &[environment.into(), user.into()]).await? == 1)
}

/// Removes the password of a deleted user.
pub async fn delete(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM password WHERE env = $1 AND user_id = $2";
    tx.execute(sql, &[environment.into(), user.into()]).await.map(|_| ())
}

fn read(environment: EnvironmentId, user: UserId, row: &Row) -> Result<PasswordRow> {
    Ok(PasswordRow {
        environment,
        user,
        hash: row.text(0)?.to_owned(),
        must_change: row.flag(1)?,
        failures: row.int(2)?,
        locked_until: row.opt_timestamp(3)?,
        changed_at: row.timestamp(4)?,
        history: row.text(5)?.to_owned(),
    })
}
