//! The database as the program holds it: open, read, write, close.

use futures_util::future::BoxFuture;

use super::config::Target;
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::{DbConfig, DbKind, Result, StoreError, Tx};

/// An open database. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Db(Engine);

#[derive(Clone)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// How busy the database is, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gauges {
    /// Writes that wait: for the writer thread, or for a connection.
    pub waiting_writes: usize,
    /// Readers or connections that are free now.
    pub idle_connections: usize,
    /// Jobs the writer thread has run since opening (SQLite).
    pub jobs: u64,
    /// Commits that made those jobs durable (SQLite).
    pub commits: u64,
}

impl Db {
    /// Opens the database and sees that it answers. Migrations are another step:
    /// [`migrate::run`](crate::migrate::run).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot be opened, or another process holds the SQLite file.
    pub async fn open(config: &DbConfig) -> Result<Self> {
        let engine = match &config.target {
            Target::Sqlite(path) => Engine::Sqlite(Sqlite::open(path, config)?),
            Target::Postgres(url) => Engine::Postgres(Postgres::open(url, config)?),
        };
        let db = Self(engine);
        db.ping().await?;
        Ok(db)
    }

    /// For point reads: each statement sees all that is committed when it starts.
    /// Do not hold it while waiting for something else.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when no reader came free in ten seconds.
    pub async fn read(&self) -> Result<Tx> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.read().await,
            Engine::Postgres(postgres) => postgres.read().await,
        }
    }

    /// For several point reads in a row that need not see one state of the data: cheaper than [`Db::read`] where that
    /// looks anew for each statement what has changed. Ends when dropped.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_several(&self) -> Result<Tx> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.snapshot().await,
            Engine::Postgres(postgres) => postgres.read().await,
        }
    }

    /// For several statements that must see one state of the data. Ends when dropped.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn snapshot(&self) -> Result<Tx> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.snapshot().await,
            Engine::Postgres(postgres) => postgres.snapshot().await,
        }
    }

    /// Runs the work in a transaction. `Ok` is returned after it is durable; on
    /// `Err`, or a panic, everything the work did is undone.
    ///
    /// The work may run more than once (a lost race, a serialization failure), so
    /// it must have no effect outside `Tx`. It must not wait for anything but `Tx`.
    ///
    /// # Errors
    /// What the work returned, or as `E`: [`StoreError::Busy`] when too many writes
    /// wait, [`StoreError::Unavailable`] when the commit failed.
    pub async fn write<A, T, E, F>(&self, args: A, work: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx, &'t A) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
        A: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.write(args, work).await,
            Engine::Postgres(postgres) => postgres.write(args, work).await,
        }
    }

    /// Sees that the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<()> {
        if let Engine::Sqlite(sqlite) = &self.0 {
            sqlite.writer_is_alive()?;
        }
        self.read().await?.query("SELECT 1", &[]).await.map(drop)
    }

    /// Which database it is.
    #[must_use]
    pub const fn kind(&self) -> DbKind {
        match self.0 {
            Engine::Sqlite(_) => DbKind::Sqlite,
            Engine::Postgres(_) => DbKind::Postgres,
        }
    }

    /// How many writes wait.
    #[must_use]
    pub fn writer_queue_depth(&self) -> usize {
        self.gauges().waiting_writes
    }

    /// How busy it is.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.gauges(),
            Engine::Postgres(postgres) => postgres.gauges(),
        }
    }

    /// Finishes the writes that wait and closes. Later calls fail. On SQLite all is
    /// in the one file afterwards, and another process may open it.
    pub async fn close(&self) {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close().await,
        }
    }
}
