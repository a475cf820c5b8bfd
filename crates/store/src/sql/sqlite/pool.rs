//! The read-only connections: taken, used where the caller runs, given back on drop.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::writer::opening;
use super::{closed, connection, statement};
use crate::sql::{Result, Row, StoreError, Value};

/// How long a caller waits for a connection to come free.
const PATIENCE: Duration = Duration::from_secs(10);

/// All readers of one file.
pub(crate) struct Readers {
    shelf: Arc<Shelf>,
    /// One permit for each connection on the shelf.
    permits: Arc<Semaphore>,
}

/// The connections nobody uses now.
struct Shelf(Mutex<Vec<Reader>>);

/// One of them. Boxed, because it is moved at each use.
struct Reader(Box<Connection>);

impl Shelf {
    fn lock(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readers {
    pub(crate) fn open(path: &Path, count: usize) -> Result<Self> {
        let connections = (0..count)
            .map(|_| {
                connection::reader(path)
                    .map(|connection| Reader(Box::new(connection)))
                    .map_err(|error| opening(path, &error))
            })
            .collect::<Result<Vec<_>>>()?;
        let permits = Arc::new(Semaphore::new(connections.len()));
        Ok(Self { shelf: Arc::new(Shelf(Mutex::new(connections))), permits })
    }

    /// The common case takes no timer.
    pub(crate) async fn take(&self) -> Result<PooledReader> {
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => timeout(PATIENCE, Arc::clone(&self.permits).acquire_owned())
                .await
                .map_err(|_| StoreError::Busy)?
                .map_err(|_| closed())?,
        };
        let reader = self.shelf.lock().pop().ok_or_else(closed)?;
        Ok(PooledReader { reader: Some(reader), shelf: Arc::clone(&self.shelf), permit, snapshot: false })
    }

    pub(crate) fn idle(&self) -> usize {
        self.permits.available_permits()
    }

    /// Connections in use are closed when they come back.
    pub(crate) fn close(&self) {
        self.permits.close();
        self.shelf.lock().clear();
    }
}

/// A reader in use.
pub(crate) struct PooledReader {
    reader: Option<Reader>,
    shelf: Arc<Shelf>,
    permit: OwnedSemaphorePermit,
    snapshot: bool,
}

impl PooledReader {
    pub(crate) fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        statement::query(&self.reader()?.0, sql, params)
    }

    /// From the first statement on, all statements see the same state.
    pub(crate) fn snapshot(mut self) -> Result<Self> {
        self.reader()?.control("BEGIN DEFERRED")?;
        self.snapshot = true;
        Ok(self)
    }

    fn reader(&self) -> Result<&Reader> {
        self.reader.as_ref().ok_or_else(closed)
    }
}

impl Drop for PooledReader {
    fn drop(&mut self) {
        let Some(reader) = self.reader.take() else { return };
        if self.snapshot
            && let Err(error) = reader.control("ROLLBACK")
        {
            tracing::warn!(%error, "a snapshot did not end in order");
        }
        // The field's own drop gives the permit back, after the reader is on the shelf.
        if !self.permit.semaphore().is_closed() {
            self.shelf.lock().push(reader);
        }
    }
}

impl Reader {
    fn control(&self, sql: &str) -> Result<()> {
        statement::control(&self.0, sql)
    }
}
