//! A PostgreSQL server: a pool of connections for transactions, and a few shared
//! connections on which point reads are pipelined.
//!
//! Without TLS: the server is reached over a private network or a local socket.

mod error;
mod retry;
mod shared;
mod transaction;
mod value;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio_postgres::NoTls;

pub(crate) use self::shared::SharedReader;
pub(crate) use self::transaction::Transaction;

use self::retry::Retries;
use self::shared::SharedReaders;
use super::tx::Backend;
use super::{DbConfig, Gauges, Result, StoreError, Tx};
use crate::documents::Parsed;

/// How long a transaction waits for a connection to come free.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Prepared statements kept per connection.
const STATEMENTS: usize = 512;

/// An open server.
#[derive(Clone)]
pub(crate) struct Postgres(Arc<Shared>);

struct Shared {
    pool: Pool,
    readers: SharedReaders,
    parsed: Arc<Parsed>,
    queue: usize,
    retries: Retries,
}

impl Postgres {
    pub(crate) fn open(url: &str, config: &DbConfig) -> Result<Self> {
        let mut server: tokio_postgres::Config =
            url.parse().map_err(|_| StoreError::unavailable("the PostgreSQL URL cannot be read"))?;
        if server.get_connect_timeout().is_none() {
            server.connect_timeout(CONNECT);
        }
        if server.get_application_name().is_none() {
            server.application_name("postern");
        }
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(server.clone(), NoTls, recycling))
            .max_size(config.connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .build()
            .map_err(StoreError::unavailable)?;
        let readers = SharedReaders::new(server, config.readers);
        Ok(Self(Arc::new(Shared {
            pool,
            readers,
            parsed: Arc::default(),
            queue: config.queue,
            retries: Retries::default(),
        })))
    }

    pub(crate) async fn read(&self) -> Result<Tx> {
        Ok(Tx::new(Backend::PgReader(self.0.readers.take().await?), &self.0.parsed, 0))
    }

    pub(crate) async fn snapshot(&self) -> Result<Tx> {
        let transaction = Transaction::snapshot(self.connection().await?);
        Ok(Tx::new(Backend::PgTransaction(Box::new(transaction)), &self.0.parsed, 0))
    }

    pub(crate) async fn write<A, T, E, F>(&self, args: A, work: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx, &'t A) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
        A: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let mut retry = self.0.retries.begin();
        loop {
            let transaction = Transaction::writing(self.connection().await?);
            let mut tx =
                Tx::new(Backend::PgTransaction(Box::new(transaction)), &self.0.parsed, retry.attempt());
            let done = AssertUnwindSafe(async { work(&mut tx, &args).await }).catch_unwind().await;
            let outcome = done.unwrap_or_else(|_| Err(StoreError::unavailable("the work panicked").into()));
            let error = match tx.conclude(outcome) {
                Ok(value) => match commit(&mut tx).await {
                    Ok(()) => return Ok(value),
                    Err(error) => error.into(),
                },
                Err(error) => error,
            };
            let again = tx.worth_another_try();
            // Dropping rolls back.
            drop(tx);
            if !again || !retry.wait().await {
                return Err(error);
            }
        }
    }

    async fn connection(&self) -> Result<Object> {
        if self.0.pool.status().waiting >= self.0.queue {
            return Err(StoreError::Busy);
        }
        self.0.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => StoreError::Busy,
            PoolError::Closed => StoreError::unavailable("the database is closed"),
            PoolError::Backend(error) => error::store_error(&error),
            other => StoreError::unavailable(other),
        })
    }

    pub(crate) fn gauges(&self) -> Gauges {
        let status = self.0.pool.status();
        Gauges { waiting_writes: status.waiting, idle_connections: status.available, ..Gauges::default() }
    }

    pub(crate) async fn close(&self) {
        self.0.pool.close();
        self.0.readers.close().await;
    }
}

async fn commit(tx: &mut Tx) -> Result<()> {
    match tx.backend() {
        Backend::PgTransaction(transaction) => transaction.commit().await,
        _ => Err(StoreError::unavailable("not a transaction")),
    }
}
