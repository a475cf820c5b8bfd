//! The writing connection: statements, and the transaction around a group of jobs.

use std::path::Path;

use rusqlite::Connection;

use super::{connection, statement};
use crate::sql::{Result, Row, StoreError, Value};

/// The only connection that writes. Lives on the writer thread.
pub(crate) struct Writer(Box<Connection>);

impl Writer {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = connection::writer(path).map_err(|error| opening(path, &error))?;
        Ok(Self(Box::new(connection)))
    }

    pub(crate) fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        statement::query(&self.0, sql, params)
    }

    pub(crate) fn execute(&self, sql: &str, params: &[Value]) -> Result<u64> {
        statement::execute(&self.0, sql, params)
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        statement::batch(&self.0, sql)
    }

    /// Starts a group.
    pub(crate) fn begin(&self) -> Result<()> {
        self.control("BEGIN IMMEDIATE")
    }

    /// Makes the group durable.
    pub(crate) fn commit(&self) -> Result<()> {
        self.control("COMMIT")
    }

    /// Gives the group up. SQLite may have done so already.
    pub(crate) fn abandon(&self) {
        if !self.0.is_autocommit()
            && let Err(error) = self.control("ROLLBACK")
        {
            tracing::error!(%error, "a failed group of writes could not be rolled back");
        }
    }

    /// Sets a job apart from its neighbours in the group.
    pub(crate) fn start_job(&self) -> Result<()> {
        self.control("SAVEPOINT job")
    }

    pub(crate) fn keep_job(&self) -> Result<()> {
        self.control("RELEASE job")
    }

    /// Undoes the job alone. Fails when SQLite gave up the whole group, as it does when the disk is full.
    pub(crate) fn undo_job(&self) -> Result<()> {
        self.control("ROLLBACK TO job")?;
        self.control("RELEASE job")
    }

    /// Puts everything into the one file.
    pub(crate) fn checkpoint(&self) {
        if let Err(error) = self.0.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log could not be emptied; the next start will do it");
        }
    }

    fn control(&self, sql: &str) -> Result<()> {
        statement::control(&self.0, sql)
    }
}

/// Opening tells the path, which SQLite's own messages do not.
pub(crate) fn opening(path: &Path, error: &rusqlite::Error) -> StoreError {
    StoreError::Unavailable(format!("{}: {error}", path.display()))
}
