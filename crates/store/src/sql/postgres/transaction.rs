//! One transaction on one pooled connection.
//!
//! `BEGIN` and statements whose answers nobody waits for travel with the next
//! one, or with the commit: the server works on them without a way there and back
//! for each. A rollback is sent without waiting for its answer: what uses the
//! connection next queues behind it.

use deadpool_postgres::Object;
use futures_util::FutureExt;
use futures_util::future::{join_all, join3};
use tokio_postgres::{Error, Statement};

use super::error::{is_collision, is_lost_server, store_error};
use super::{STATEMENTS, value};
use crate::sql::{Result, Row, Value};

const WRITING: &str = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE";
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// Statements that wait at most.
const WAITING: usize = 16;

/// A statement whose answer nobody waits for.
struct Later {
    statement: Statement,
    params: Vec<Value>,
}

/// A transaction that begins with its first statement and, if nobody commits it, rolls back when dropped.
pub(crate) struct Transaction {
    connection: Object,
    begin: &'static str,
    begun: bool,
    waiting: Vec<Later>,
    again: bool,
}

impl Transaction {
    pub(crate) const fn writing(connection: Object) -> Self {
        Self { connection, begin: WRITING, begun: false, waiting: Vec::new(), again: false }
    }

    pub(crate) const fn snapshot(connection: Object) -> Self {
        Self { connection, begin: SNAPSHOT, begun: false, waiting: Vec::new(), again: false }
    }

    pub(crate) async fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let done = self.try_query(sql, params).await;
        value::rows(&self.classified(done)?)
    }

    pub(crate) async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let done = self.try_execute(sql, params).await;
        self.classified(done)
    }

    /// Its failure is that of the statement with which it travels.
    pub(crate) async fn execute_later(&mut self, sql: &str, params: Vec<Value>) -> Result<()> {
        if self.waiting.len() >= WAITING {
            return self.execute(sql, &params).await.map(drop);
        }
        let prepared = self.prepared(sql).await;
        let statement = self.classified(prepared)?;
        self.waiting.push(Later { statement, params });
        Ok(())
    }

    pub(crate) async fn batch(&mut self, sql: &str) -> Result<()> {
        let (begin, waiting) = self.due();
        let connection = &self.connection;
        let done = in_order(connection, begin, &waiting, connection.batch_execute(sql)).await;
        self.classified(done)
    }

    /// Makes it durable. After an error on the way it is unknown whether it is, so it is not tried again
    /// unless the server said that it was undone. When a statement that travels along fails, the server undoes all.
    pub(crate) async fn commit(&mut self) -> Result<()> {
        if !self.begun && self.waiting.is_empty() {
            return Ok(());
        }
        let (begin, waiting) = self.due();
        let connection = &self.connection;
        let done = in_order(connection, begin, &waiting, connection.batch_execute("COMMIT")).await;
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
        let (begin, waiting) = self.due();
        let connection = &self.connection;
        in_order(connection, begin, &waiting, connection.query(&statement, &params)).await
    }

    async fn try_execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Error> {
        let statement = self.prepared(sql).await?;
        let params = value::params(params);
        let (begin, waiting) = self.due();
        let connection = &self.connection;
        in_order(connection, begin, &waiting, connection.execute(&statement, &params)).await
    }

    /// Filters make statements of many shapes; the cache must not grow with them.
    async fn prepared(&self, sql: &str) -> Result<Statement, Error> {
        if self.connection.statement_cache.size() >= STATEMENTS {
            self.connection.statement_cache.clear();
        }
        self.connection.prepare_cached(sql).await
    }

    /// What must be sent before the next statement. From here on there is something to roll back.
    fn due(&mut self) -> (Option<&'static str>, Vec<Later>) {
        let begin = (!self.begun).then_some(self.begin);
        self.begun = true;
        (begin, std::mem::take(&mut self.waiting))
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

/// Sends all at once, in this order: a first poll sends. The first failure counts, since it causes the others.
async fn in_order<T>(
    connection: &Object,
    begin: Option<&'static str>,
    waiting: &[Later],
    last: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    if begin.is_none() && waiting.is_empty() {
        return last.await;
    }
    let begin = async {
        match begin {
            Some(sql) => connection.batch_execute(sql).await,
            None => Ok(()),
        }
    };
    let before =
        join_all(waiting.iter().map(|later| async {
            connection.execute(&later.statement, &value::params(&later.params)).await
        }));
    let (begun, before, last) = join3(begin, before, last).await;
    begun?;
    for done in before {
        done?;
    }
    last
}
