//! The writing connection: statements, and the transaction around a group of jobs.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use super::log::Log;
use super::{connection, statement};
use crate::sql::{Result, Row, StoreError, Value};

/// The only connection that writes. Lives on the writer thread.
pub(crate) struct Writer {
    connection: Box<Connection>,
    wrote: Cell<bool>,
}

impl Writer {
    /// Opens it; each commit is noted in the log's size.
    pub(crate) fn open(path: &Path, log: &Arc<Log>) -> Result<Self> {
        let connection = connection::writer(path, log).map_err(|error| opening(path, &error))?;
        Ok(Self { connection: Box::new(connection), wrote: Cell::new(false) })
    }

    pub(crate) fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let (rows, only_read) = statement::query_noting(&self.connection, sql, params)?;
        self.wrote.set(self.wrote.get() || !only_read);
        Ok(rows)
    }

    pub(crate) fn execute(&self, sql: &str, params: &[Value]) -> Result<u64> {
        let changed = statement::execute(&self.connection, sql, params)?;
        self.wrote.set(true);
        Ok(changed)
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        self.wrote.set(true);
        statement::batch(&self.connection, sql)
    }

    /// Starts a group.
    pub(crate) fn begin(&self) -> Result<()> {
        self.control("BEGIN IMMEDIATE")
    }

    /// Starts a job without setting it apart.
    pub(crate) fn watch_job(&self) {
        self.wrote.set(false);
    }

    /// Whether a job that failed left something behind, or took the work of others with it.
    pub(crate) fn is_spoiled(&self) -> bool {
        self.wrote.get() || self.connection.is_autocommit()
    }

    /// Begins the group again with nothing done.
    pub(crate) fn start_over(&self) -> Result<()> {
        if !self.connection.is_autocommit() {
            self.control("ROLLBACK")?;
        }
        self.begin()
    }

    /// Makes the group durable.
    pub(crate) fn commit(&self) -> Result<()> {
        self.control("COMMIT")
    }

    /// Gives the group up. SQLite may have done so already.
    pub(crate) fn abandon(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.control("ROLLBACK")
        {
            tracing::error!(%error, "a failed group of writes could not be rolled back");
        }
    }

    /// Sets a job apart from its neighbours in the group. It costs a copy of every page that the job changes.
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
    pub(crate) fn empty_log(&self) {
        if let Err(error) = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log could not be emptied; the next start will do it");
        }
    }

    fn control(&self, sql: &str) -> Result<()> {
        statement::control(&self.connection, sql)
    }

    /// Moves what is left in the log into the file, so that the next commit begins the log anew.
    pub(crate) fn checkpoint(&self) {
        connection::checkpoint(&self.connection);
    }
}

/// Opening tells the path, which SQLite's own messages do not.
pub(crate) fn opening(path: &Path, error: &rusqlite::Error) -> StoreError {
    StoreError::Unavailable(format!("{}: {error}", path.display()))
}
