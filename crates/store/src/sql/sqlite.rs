//! Embedded SQLite: one writer thread that commits in groups, one that moves the
//! write-ahead log into the file, and a pool of read-only connections that are
//! called where they are needed.

mod checkpointer;
mod connection;
mod error;
mod file;
mod index_name;
mod job;
mod log;
mod pool;
mod statement;
mod thread;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use futures_util::future::BoxFuture;
use std::sync::{Mutex, PoisonError};
use tokio::sync::oneshot;

pub(crate) use self::pool::PooledReader;
pub(crate) use self::writer::Writer;

use self::checkpointer::Checkpointer;
use self::job::Work;
use self::log::Log;
use self::pool::Readers;
use self::thread::{Equipment, Message, Progress};
use super::tx::Backend;
use super::{DbConfig, Gauges, Result, StoreError, Tx};
use crate::documents::Parsed;

/// An open SQLite file.
#[derive(Clone)]
pub(crate) struct Sqlite(Arc<Shared>);

struct Shared {
    queue: SyncSender<Message>,
    progress: Arc<Progress>,
    readers: Readers,
    parsed: Arc<Parsed>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, config: &DbConfig) -> Result<Self> {
        let lock = file::claim(path)?;
        let log = Arc::new(Log::default());
        let writer = Writer::open(path, &log)?;
        let checkpointer = Checkpointer::start(path, &log)?;
        let readers = Readers::open(path, config.readers)?;
        let progress = Arc::new(Progress::default());
        let (queue, messages) = sync_channel(config.queue);
        let parsed = Arc::default();
        let equipment =
            Equipment { tx: Tx::new(Backend::SqliteWriter(writer), &parsed, 0), log, checkpointer };
        let thread = thread::start(equipment, messages, Arc::clone(&progress), lock)?;
        Ok(Self(Arc::new(Shared { queue, progress, readers, parsed, thread: Mutex::new(Some(thread)) })))
    }

    pub(crate) async fn read(&self) -> Result<Tx> {
        Ok(Tx::new(Backend::SqliteReader(self.0.readers.take().await?), &self.0.parsed, 0))
    }

    pub(crate) async fn snapshot(&self) -> Result<Tx> {
        Ok(Tx::new(Backend::SqliteReader(self.0.readers.take().await?.snapshot()?), &self.0.parsed, 0))
    }

    pub(crate) async fn write<A, T, E, F>(&self, args: A, work: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx, &'t A) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
        A: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.0.progress.enqueued();
        if let Err(refused) = self.0.queue.try_send(Message::Job(Box::new(Work::new(args, work, reply)))) {
            self.0.progress.dequeued();
            return Err(match refused {
                TrySendError::Full(_) => StoreError::Busy,
                TrySendError::Disconnected(_) => closed(),
            }
            .into());
        }
        answer.await.unwrap_or_else(|_| Err(closed().into()))
    }

    pub(crate) fn writer_is_alive(&self) -> Result<()> {
        let thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.as_ref().is_some_and(|thread| !thread.is_finished()) { Ok(()) } else { Err(closed()) }
    }

    pub(crate) fn gauges(&self) -> Gauges {
        Gauges { idle_connections: self.0.readers.idle(), ..self.0.progress.gauges() }
    }

    /// Readers go first: the last checkpoint needs the file for itself.
    pub(crate) async fn close(&self) {
        self.0.readers.close();
        let thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let queue = self.0.queue.clone();
        let ended = tokio::task::spawn_blocking(move || {
            // A full queue makes this wait; a thread that has ended makes it fail. Both are right.
            let _ = queue.send(Message::Close);
            thread.map(JoinHandle::join)
        });
        if !matches!(ended.await, Ok(None | Some(Ok(())))) {
            tracing::error!("the database writer did not end in order");
        }
    }
}

fn closed() -> StoreError {
    StoreError::unavailable("the database is closed")
}
