//! What bulk jobs on hardware tokens have yet to do, in chunks. A chunk is taken away in the transaction that does it.

use postern_core::ids::{EnvironmentId, OathJobId};
use postern_core::secret::Sealed;
use postern_core::time::Timestamp;

use crate::sql::{Result, Row, Tx};

/// Work of one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The tenant.
    pub environment: EnvironmentId,
    /// The job.
    pub job: OathJobId,
    /// Its place among the chunks of the job.
    pub number: i64,
    /// The items, sealed: they hold keys.
    pub body: Sealed,
}

/// Adds a chunk.
pub async fn put(tx: &mut Tx, chunk: &Chunk) -> Result<()> {
    let sql = "INSERT INTO oath_job_chunk (env, job_id, number, body) VALUES ($1, $2, $3, $4)";
    let params =
        [chunk.environment.into(), chunk.job.into(), chunk.number.into(), chunk.body.0.clone().into()];
    tx.execute(sql, &params).await.map(|_| ())
}

/// The next chunk of any job that nobody works on.
pub async fn next(tx: &mut Tx) -> Result<Option<Chunk>> {
    let sql = format!(
        "SELECT env, job_id, number, body FROM oath_job_chunk ORDER BY env, job_id, number LIMIT 1{}",
        tx.skip_locked()
    );
    tx.query_opt(&sql, &[]).await?.map(|row| read(&row)).transpose()
}

/// The next chunk of this job; waits for whoever works on it.
pub async fn next_of(tx: &mut Tx, environment: EnvironmentId, job: OathJobId) -> Result<Option<Chunk>> {
    let sql = format!(
        "SELECT env, job_id, number, body FROM oath_job_chunk WHERE env = $1 AND job_id = $2 ORDER BY number LIMIT 1{}",
        tx.row_lock()
    );
    tx.query_opt(&sql, &[environment.into(), job.into()]).await?.map(|row| read(&row)).transpose()
}

fn read(row: &Row) -> Result<Chunk> {
    let body = Sealed(row.text(3)?.to_owned());
    Ok(Chunk { environment: row.id(0)?, job: row.id(1)?, number: row.int(2)?, body })
}

/// Takes a chunk away.
pub async fn remove(tx: &mut Tx, chunk: &Chunk) -> Result<()> {
    let sql = "DELETE FROM oath_job_chunk WHERE env = $1 AND job_id = $2 AND number = $3";
    let params = [chunk.environment.into(), chunk.job.into(), chunk.number.into()];
    tx.execute(sql, &params).await.map(|_| ())
}

/// Takes away all that is left of a job.
pub async fn clear(tx: &mut Tx, environment: EnvironmentId, job: OathJobId) -> Result<()> {
    let sql = "DELETE FROM oath_job_chunk WHERE env = $1 AND job_id = $2";
    tx.execute(sql, &[environment.into(), job.into()]).await.map(|_| ())
}

/// Whether anything is left of a job.
pub async fn is_left(tx: &mut Tx, environment: EnvironmentId, job: OathJobId) -> Result<bool> {
    let sql = "SELECT 1 FROM oath_job_chunk WHERE env = $1 AND job_id = $2 LIMIT 1";
    Ok(tx.query_opt(sql, &[environment.into(), job.into()]).await?.is_some())
}

/// Removes jobs of all environments that ended before then, at most `limit`. Gives how many.
pub async fn sweep(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM oath_job WHERE (env, id) IN (SELECT env, id FROM oath_job WHERE ended_at IS NOT NULL \
               AND ended_at <= $1 ORDER BY ended_at LIMIT $2)";
    tx.execute(sql, &[before.into(), limit.into()]).await
}
