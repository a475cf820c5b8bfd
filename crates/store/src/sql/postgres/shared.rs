//! The shared connections for reading: many callers at once on each, pipelined.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_postgres::{Client, Config, Error, NoTls, Statement};

use super::error::{is_lost_server, store_error};
use super::{STATEMENTS, value};
use crate::sql::{Result, Row, StoreError, Value};

/// A few connections, made when first needed and again when broken.
pub(crate) struct SharedReaders(Arc<Slots>);

struct Slots {
    server: Config,
    slots: Vec<tokio::sync::Mutex<Slot>>,
    next: AtomicUsize,
}

enum Slot {
    Empty,
    Connected(Arc<Connection>),
    Closed,
}

/// A connection and the statements prepared on it.
struct Connection {
    client: Client,
    statements: Mutex<HashMap<String, Statement>>,
}

impl SharedReaders {
    pub(crate) fn new(server: Config, count: usize) -> Self {
        let slots = (0..count).map(|_| tokio::sync::Mutex::new(Slot::Empty)).collect();
        Self(Arc::new(Slots { server, slots, next: AtomicUsize::new(0) }))
    }

    pub(crate) async fn take(&self) -> Result<SharedReader> {
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let connection = self.0.connection(number).await?;
        Ok(SharedReader { slots: Arc::clone(&self.0), number, connection })
    }

    pub(crate) async fn close(&self) {
        for slot in &self.0.slots {
            *slot.lock().await = Slot::Closed;
        }
    }
}

impl Slots {
    async fn connection(&self, number: usize) -> Result<Arc<Connection>> {
        let closed = || StoreError::unavailable("the database is closed");
        let slot = self.slots.get(number % self.slots.len().max(1)).ok_or_else(closed)?;
        let mut slot = slot.lock().await;
        match &*slot {
            Slot::Closed => return Err(closed()),
            Slot::Connected(connection) if !connection.client.is_closed() => {
                return Ok(Arc::clone(connection));
            }
            Slot::Connected(_) | Slot::Empty => {}
        }
        let connection = Arc::new(Connection::open(&self.server).await.map_err(|error| store_error(&error))?);
        *slot = Slot::Connected(Arc::clone(&connection));
        Ok(connection)
    }
}

impl Connection {
    async fn open(server: &Config) -> Result<Self, Error> {
        let (client, driver) = server.connect(NoTls).await?;
        tokio::spawn(async move {
            if let Err(error) = driver.await {
                tracing::warn!(%error, "a database connection for reading ended");
            }
        });
        client.batch_execute("SET default_transaction_read_only = on").await?;
        Ok(Self { client, statements: Mutex::default() })
    }

    async fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<tokio_postgres::Row>, Error> {
        let statement = self.prepared(sql).await?;
        self.client.query(&statement, &value::params(params)).await
    }

    async fn prepared(&self, sql: &str) -> Result<Statement, Error> {
        if let Some(statement) = self.statements().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        let mut statements = self.statements();
        // Filters make statements of many shapes; the cache must not grow with them.
        if statements.len() >= STATEMENTS {
            statements.clear();
        }
        statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn statements(&self) -> MutexGuard<'_, HashMap<String, Statement>> {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A share of one connection.
pub(crate) struct SharedReader {
    slots: Arc<Slots>,
    number: usize,
    connection: Arc<Connection>,
}

impl SharedReader {
    /// A read can be repeated, so a broken connection is replaced once.
    pub(crate) async fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let mut answer = self.connection.query(sql, params).await;
        if answer.as_ref().is_err_and(is_lost_server) {
            self.connection = self.slots.connection(self.number).await?;
            answer = self.connection.query(sql, params).await;
        }
        value::rows(&answer.map_err(|error| store_error(&error))?)
    }
}
