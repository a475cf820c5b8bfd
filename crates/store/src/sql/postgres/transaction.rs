//! One transaction on one pooled connection.
//!
//! `BEGIN` travels with the first statement, and a rollback is sent without
//! waiting for its answer: what uses the connection next queues behind it.

use deadpool_postgres::Object;
use futures_util::FutureExt;
use futures_util::future::join;
use tokio_postgres::{Error, Statement};

use super::error::{is_collision, is_lost_server, store_error};
use super::{STATEMENTS, value};
use crate::sql::{Result, Row, Value};

const WRITING: &str = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE";
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// A transaction that begins with its first statement and, if nobody commits it, rolls back when dropped.
pub(crate) struct Transaction {
    connection: Object,
    begin: &'static str,
    begun: bool,
    again: bool,
}

impl Transaction {
    pub(crate) const fn writing(connection: Object) -> Self {
        Self { connection, begin: WRITING, begun: false, again: false }
    }

    pub(crate) const fn snapshot(connection: Object) -> Self {
        Self { connection, begin: SNAPSHOT, begun: false, again: false }
    }

    pub(crate) async fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let done = self.try_query(sql, params).await;
        value::rows(&self.classified(done)?)
    }

    pub(crate) async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let done = self.try_execute(sql, params).await;
        self.classified(done)
    }

    pub(crate) async fn batch(&mut self, sql: &str) -> Result<()> {
        let start = self.start();
        let done = begun_with(
            start.then(|| self.connection.batch_execute(self.begin)),
            self.connection.batch_execute(sql),
        )
        .await;
        self.classified(done)
    }

    /// Makes it durable. After an error on the way it is unknown whether it is, so it is not tried again
    /// unless the server said that it was undone.
    pub(crate) async fn commit(&mut self) -> Result<()> {
        if !self.begun {
            return Ok(());
        }
        let done = self.connection.batch_execute("COMMIT").await;
        self.begun = done.is_err();
        done.map_err(|error| {
            self.again = is_collision(&error);
            store_error(&error)
        })
    }

    pub(crate) const fn worth_another_try(&self) -> bool {
        self.again
    }

    async fn try_query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<tokio_postgres::Row>, Error> {
        let statement = self.prepared(sql).await?;
        let params = value::params(params);
        let start = self.start();
        begun_with(
            start.then(|| self.connection.batch_execute(self.begin)),
            self.connection.query(&statement, &params),
        )
        .await
    }

    async fn try_execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Error> {
        let statement = self.prepared(sql).await?;
        let params = value::params(params);
        let start = self.start();
        begun_with(
            start.then(|| self.connection.batch_execute(self.begin)),
            self.connection.execute(&statement, &params),
        )
        .await
    }

    /// Filters make statements of many shapes; the cache must not grow with them.
    async fn prepared(&self, sql: &str) -> Result<Statement, Error> {
        if self.connection.statement_cache.size() >= STATEMENTS {
            self.connection.statement_cache.clear();
        }
        self.connection.prepare_cached(sql).await
    }

    /// Whether `BEGIN` must be sent. From here on there is something to roll back.
    const fn start(&mut self) -> bool {
        let start = !self.begun;
        self.begun = true;
        start
    }

    /// A connection lost before the commit was asked for has committed nothing.
    fn classified<T>(&mut self, done: Result<T, Error>) -> Result<T> {
        done.map_err(|error| {
            self.again = is_collision(&error) || is_lost_server(&error);
            store_error(&error)
        })
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.begun {
            // The first poll sends it.
            let _ = self.connection.batch_execute("ROLLBACK").now_or_never();
        }
    }
}

/// Sends both at once, in this order.
async fn begun_with<T>(
    begin: Option<impl Future<Output = Result<(), Error>>>,
    statement: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(begin) = begin else { return statement.await };
    let (begun, done) = join(begin, statement).await;
    begun.and(done)
}
