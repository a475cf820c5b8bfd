//! The writer thread: takes what waits, runs each job in a savepoint, commits
//! once, then answers everybody.
//!
//! No timer gathers a group: a lone write is committed at once, and while it
//! waits for the disk the next group gathers by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;

use super::file::Claim;
use super::job::Job;
use super::writer::Writer;
use crate::sql::tx::Backend;
use crate::sql::{Gauges, Result, StoreError, Tx};

/// Jobs in one commit at most, so that the first of them does not wait too long.
const GROUP: usize = 256;

pub(crate) enum Message {
    Job(Box<dyn Job>),
    Close,
}

/// What has been done, for the gauges.
#[derive(Default)]
pub(crate) struct Progress {
    waiting: AtomicUsize,
    jobs: AtomicU64,
    commits: AtomicU64,
}

impl Progress {
    pub(crate) fn enqueued(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn dequeued(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    fn committed(&self, jobs: usize) {
        self.jobs.fetch_add(jobs as u64, Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn gauges(&self) -> Gauges {
        Gauges {
            waiting_writes: self.waiting.load(Ordering::Relaxed),
            idle_connections: 0,
            jobs: self.jobs.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
        }
    }
}

/// Starts the thread. It ends when told to, or when the last sender is gone; the claim on the file ends with it.
pub(crate) fn start(
    writer: Writer,
    messages: Receiver<Message>,
    progress: Arc<Progress>,
    claim: Claim,
) -> Result<JoinHandle<()>> {
    let mut thread =
        Thread { tx: Tx::new(Backend::SqliteWriter(writer), 0), messages, progress, closing: false };
    std::thread::Builder::new()
        .name("postern-writer".to_owned())
        .spawn(move || {
            thread.serve();
            drop(thread);
            drop(claim);
        })
        .map_err(StoreError::unavailable)
}

struct Thread {
    tx: Tx,
    messages: Receiver<Message>,
    progress: Arc<Progress>,
    closing: bool,
}

impl Thread {
    fn serve(&mut self) {
        while let Some(first) = self.next() {
            self.group(first);
        }
        if let Some(writer) = self.writer() {
            writer.checkpoint();
        }
    }

    /// The next job; waits for it, unless closing: then what is left is finished.
    fn next(&mut self) -> Option<Box<dyn Job>> {
        if !self.closing
            && let Some(job) = self.messages.recv().ok().and_then(|message| self.opened(message))
        {
            return Some(job);
        }
        self.closing = true;
        self.next_at_hand()
    }

    /// The next job that waits already.
    fn next_at_hand(&mut self) -> Option<Box<dyn Job>> {
        loop {
            let message = self.messages.try_recv().ok()?;
            if let Some(job) = self.opened(message) {
                return Some(job);
            }
        }
    }

    fn opened(&mut self, message: Message) -> Option<Box<dyn Job>> {
        match message {
            Message::Job(job) => {
                self.progress.dequeued();
                Some(job)
            }
            Message::Close => {
                self.closing = true;
                None
            }
        }
    }

    fn group(&mut self, first: Box<dyn Job>) {
        if let Err(error) = self.control(Writer::begin) {
            return self.refuse(first, &error);
        }
        let mut done = Vec::with_capacity(GROUP);
        let mut next = Some(first);
        let mut broken = Ok(());
        while let Some(mut job) = next {
            if !job.is_unwanted() {
                broken = self.run(job.as_mut());
                done.push(job);
            }
            if broken.is_err() || done.len() >= GROUP {
                break;
            }
            next = self.next_at_hand();
        }
        let committed = broken.and_then(|()| self.control(Writer::commit));
        match &committed {
            Ok(()) => self.progress.committed(done.len()),
            Err(error) => {
                tracing::error!(%error, jobs = done.len(), "a group of writes failed");
                if let Some(writer) = self.writer() {
                    writer.abandon();
                }
            }
        }
        for job in done {
            job.answer(committed.clone());
        }
    }

    /// Runs one job in its savepoint. An error means that the whole group is lost.
    fn run(&mut self, job: &mut dyn Job) -> Result<()> {
        self.control(Writer::start_job)?;
        self.tx.renew();
        if job.run(&mut self.tx) { self.control(Writer::keep_job) } else { self.control(Writer::undo_job) }
    }

    /// When no transaction can begin, a whole group is told at once instead of each job after a timeout.
    fn refuse(&mut self, first: Box<dyn Job>, error: &StoreError) {
        tracing::error!(%error, "no write can begin");
        first.answer(Err(error.clone()));
        for _ in 1..GROUP {
            let Some(job) = self.next_at_hand() else { break };
            job.answer(Err(error.clone()));
        }
    }

    fn control(&mut self, step: fn(&Writer) -> Result<()>) -> Result<()> {
        self.writer().map_or_else(|| Err(super::closed()), step)
    }

    fn writer(&mut self) -> Option<&Writer> {
        match self.tx.backend() {
            Backend::SqliteWriter(writer) => Some(writer),
            _ => None,
        }
    }
}
