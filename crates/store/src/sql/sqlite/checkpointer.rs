//! The thread that moves the write-ahead log into the file while commits go on.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::connection;
use super::log::Log;
use super::writer::opening;
use crate::sql::{Result, StoreError};

/// The running thread. It ends when this is dropped, which waits for the move under way.
pub(crate) struct Checkpointer {
    log: Arc<Log>,
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub(crate) fn start(path: &Path, log: &Arc<Log>) -> Result<Self> {
        let connection = connection::checkpointer(path).map_err(|error| opening(path, &error))?;
        // One wake-up waits at most: it stands for all.
        let (wake, woken) = sync_channel(1);
        let moving = Arc::clone(log);
        let thread = std::thread::Builder::new()
            .name("postern-checkpoint".to_owned())
            .spawn(move || serve(&connection, &moving, &woken))
            .map_err(StoreError::unavailable)?;
        Ok(Self { log: Arc::clone(log), wake: Some(wake), thread: Some(thread) })
    }

    /// To be called after a commit.
    pub(crate) fn after_commit(&self) {
        if let (true, Some(wake)) = (self.log.is_worth_a_move(), &self.wake) {
            // A full channel means that it is about to look anyway.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the checkpointer did not end in order");
        }
    }
}

fn serve(connection: &Connection, log: &Log, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        if log.is_worth_a_move() {
            let frames = log.frames();
            connection::checkpoint(connection);
            log.moved(frames);
        }
    }
}
