//! Applies what is missing.

use postern_core::time::Timestamp;

use super::error::MigrateError;
use super::list::MIGRATIONS;
use super::step::{Migration, translated};
use crate::sql::{Db, Tx};

const RECORD: &str = "CREATE TABLE IF NOT EXISTS schema_migration (number BIGINT NOT NULL PRIMARY KEY, \
    name {{text}} NOT NULL, checksum {{text}} NOT NULL, applied_at BIGINT NOT NULL)";

/// Applies the steps of this program that are missing, and gives their number.
///
/// # Errors
/// [`MigrateError`]; the steps before the one that failed stay applied.
pub async fn run(db: &Db, now: Timestamp) -> Result<usize, MigrateError> {
    run_list(db, MIGRATIONS, now).await
}

/// Applies the steps of this list that are missing, and gives their number.
///
/// # Errors
/// As [`run`].
pub async fn run_list(db: &Db, steps: &'static [Migration], now: Timestamp) -> Result<usize, MigrateError> {
    let mut applied = 0;
    for step in missing(db, steps).await? {
        let done = db.write((step, now), |tx, (step, now)| Box::pin(apply(tx, *step, *now))).await?;
        applied += usize::from(done);
    }
    Ok(applied)
}

/// The steps of this program that the database lacks. Makes the table that records them when it is absent.
///
/// # Errors
/// [`MigrateError::Changed`] and [`MigrateError::Newer`] when the database does not fit to this program.
pub async fn pending(db: &Db) -> Result<Vec<Migration>, MigrateError> {
    missing(db, MIGRATIONS).await
}

async fn missing(db: &Db, steps: &'static [Migration]) -> Result<Vec<Migration>, MigrateError> {
    let recorded = db.write((), |tx, ()| Box::pin(recorded(tx))).await?;
    if let Some(number) = recorded.iter().map(|(number, _)| *number).max()
        && steps.iter().all(|step| step.number < number)
    {
        return Err(MigrateError::Newer { number });
    }
    let mut missing = Vec::new();
    for step in steps {
        match recorded.iter().find(|(number, _)| *number == step.number) {
            Some((_, checksum)) => verify(step, checksum)?,
            None => missing.push(*step),
        }
    }
    Ok(missing)
}

async fn recorded(tx: &mut Tx) -> Result<Vec<(i64, String)>, MigrateError> {
    tx.lock_schema().await?;
    tx.batch(&translated(RECORD, tx.kind())).await?;
    let rows = tx.query("SELECT number, checksum FROM schema_migration ORDER BY number", &[]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?.to_owned()))).collect()
}

/// Under the lock the step is looked for again: another node may have applied it meanwhile.
async fn apply(tx: &mut Tx, step: Migration, now: Timestamp) -> Result<bool, MigrateError> {
    tx.lock_schema().await?;
    let known = tx
        .query_opt("SELECT checksum FROM schema_migration WHERE number = $1", &[step.number.into()])
        .await?;
    if let Some(row) = known {
        return verify(&step, row.text(0)?).map(|()| false);
    }
    let failed = |source| MigrateError::Failed { number: step.number, name: step.name, source };
    tx.batch(&step.sql_for(tx.kind())).await.map_err(failed)?;
    tx.execute(
        "INSERT INTO schema_migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
        &[step.number.into(), step.name.into(), step.checksum().into(), now.into()],
    )
    .await?;
    Ok(true)
}

fn verify(step: &Migration, checksum: &str) -> Result<(), MigrateError> {
    if step.checksum() == checksum {
        return Ok(());
    }
    Err(MigrateError::Changed { number: step.number, name: step.name })
}
