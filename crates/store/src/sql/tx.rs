//! A transaction or a reader, as the code above sees it.
//!
//! After a statement failed, a writing transaction is over: further statements
//! and the commit answer that same failure. PostgreSQL forces this; SQLite is
//! held to it, so that code behaves alike on both.

use std::sync::Arc;

use super::postgres::{SharedReader, Transaction};
use super::sqlite::{PooledReader, Writer};
use super::{DbKind, Result, Row, StoreError, Value};
use crate::documents::Parsed;

// The PostgreSQL futures are boxed: inline they would make every SQLite call move their size.

/// Where statements go. Handed to the work of [`Db::write`](super::Db::write),
/// or given by [`Db::read`](super::Db::read) and [`Db::snapshot`](super::Db::snapshot).
pub struct Tx {
    backend: Backend,
    parsed: Arc<Parsed>,
    failure: Option<StoreError>,
    stale: bool,
    attempt: u32,
}

pub(crate) enum Backend {
    SqliteWriter(Writer),
    SqliteReader(PooledReader),
    PgTransaction(Box<Transaction>),
    PgReader(SharedReader),
}

impl Tx {
    pub(crate) fn new(backend: Backend, parsed: &Arc<Parsed>, attempt: u32) -> Self {
        Self { backend, parsed: Arc::clone(parsed), failure: None, stale: false, attempt }
    }

    /// The records of the database that are kept in memory.
    pub(crate) fn parsed(&self) -> &Parsed {
        &self.parsed
    }

    /// All rows of a statement. The text must be one statement with the
    /// placeholders `$1` to `$n`, where `n` is the number of parameters.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] for a unique index, else what the database says.
    pub async fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        self.usable()?;
        let result = match &mut self.backend {
            Backend::SqliteWriter(writer) => writer.query(sql, params),
            Backend::SqliteReader(reader) => reader.query(sql, params),
            Backend::PgTransaction(transaction) => Box::pin(transaction.query(sql, params)).await,
            Backend::PgReader(reader) => Box::pin(reader.query(sql, params)).await,
        };
        self.noting(result)
    }

    /// The first row, if there is one. More than one is not an error.
    ///
    /// # Errors
    /// As [`Tx::query`].
    pub async fn query_opt(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// Runs a statement without `RETURNING` and gives the number of rows it changed.
    ///
    /// # Errors
    /// As [`Tx::query`]; always fails on a reader.
    pub async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        self.usable()?;
        let result = match &mut self.backend {
            Backend::SqliteWriter(writer) => writer.execute(sql, params),
            Backend::PgTransaction(transaction) => Box::pin(transaction.execute(sql, params)).await,
            Backend::SqliteReader(_) | Backend::PgReader(_) => {
                Err(StoreError::unavailable("a reader cannot write"))
            }
        };
        self.noting(result)
    }

    /// Runs a statement whose answer is not needed. On PostgreSQL it travels with the next statement, or with the commit,
    /// and these fail when it fails: not for statements whose failure the work would handle itself.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub async fn execute_later(&mut self, sql: &str, params: Vec<Value>) -> Result<()> {
        if let Backend::PgTransaction(transaction) = &mut self.backend {
            if let Some(failure) = &self.failure {
                return Err(failure.clone());
            }
            let result = Box::pin(transaction.execute_later(sql, params)).await;
            return self.noting(result);
        }
        self.execute(sql, &params).await.map(drop)
    }

    /// Runs several statements without parameters, for migrations.
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<()> {
        self.usable()?;
        let result = match &mut self.backend {
            Backend::SqliteWriter(writer) => writer.batch(sql),
            Backend::PgTransaction(transaction) => Box::pin(transaction.batch(sql)).await,
            Backend::SqliteReader(_) | Backend::PgReader(_) => {
                Err(StoreError::unavailable("a reader cannot write"))
            }
        };
        self.noting(result)
    }

    /// Keeps other nodes from migrating until this transaction ends.
    pub(crate) async fn lock_schema(&mut self) -> Result<()> {
        match self.kind().schema_lock() {
            Some(sql) => self.batch(sql).await,
            None => Ok(()),
        }
    }

    /// Which database this is.
    #[must_use]
    pub const fn kind(&self) -> DbKind {
        match self.backend {
            Backend::SqliteWriter(_) | Backend::SqliteReader(_) => DbKind::Sqlite,
            Backend::PgTransaction(_) | Backend::PgReader(_) => DbKind::Postgres,
        }
    }

    /// Ends a `SELECT` that claims rows: others skip them instead of waiting.
    #[must_use]
    pub const fn skip_locked(&self) -> &'static str {
        self.kind().skip_locked()
    }

    /// Ends a `SELECT` whose rows nobody else may change or lock until the transaction ends.
    pub(crate) const fn row_lock(&self) -> &'static str {
        match self.backend {
            Backend::PgTransaction(_) => self.kind().row_lock(),
            _ => "",
        }
    }

    /// Ends a `SELECT` whose rows nobody else may change or remove until the transaction ends. Several may hold it.
    pub(crate) const fn shared_row_lock(&self) -> &'static str {
        match self.backend {
            Backend::PgTransaction(_) => self.kind().shared_row_lock(),
            _ => "",
        }
    }

    /// Ends the `SELECT` of a row that will be compared and swapped. Nothing at
    /// first; once the race was lost, the row is locked so that the next try wins.
    pub(crate) const fn lock_after_lost_race(&self) -> &'static str {
        match self.backend {
            Backend::PgTransaction(_) if self.attempt > 0 => self.kind().row_lock(),
            _ => "",
        }
    }

    /// To be returned when a compare-and-swap touched no row: undoes the work and
    /// has [`Db::write`](super::Db::write) run it again.
    #[must_use]
    pub const fn stale(&mut self) -> StoreError {
        self.stale = true;
        StoreError::Stale
    }

    fn usable(&self) -> Result<()> {
        self.failure.clone().map_or(Ok(()), Err)
    }

    fn noting<T>(&mut self, result: Result<T>) -> Result<T> {
        if let (Err(error), Backend::SqliteWriter(_) | Backend::PgTransaction(_)) = (&result, &self.backend) {
            self.failure = Some(error.clone());
        }
        result
    }

    /// What the work really came to: success is refused when a statement had failed.
    pub(crate) fn conclude<T, E: From<StoreError>>(&mut self, outcome: Result<T, E>) -> Result<T, E> {
        match (outcome, self.failure.take()) {
            (Ok(_), Some(failure)) => Err(failure.into()),
            (outcome, _) => outcome,
        }
    }

    /// Whether running the work again may succeed.
    pub(crate) const fn worth_another_try(&self) -> bool {
        match &self.backend {
            Backend::PgTransaction(transaction) => self.stale || transaction.worth_another_try(),
            _ => false,
        }
    }

    /// Ready for the next job of the writer thread.
    pub(crate) fn renew(&mut self) {
        self.failure = None;
        self.stale = false;
    }

    pub(crate) const fn backend(&mut self) -> &mut Backend {
        &mut self.backend
    }
}
