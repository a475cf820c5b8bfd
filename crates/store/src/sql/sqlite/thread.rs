//! The writer thread: takes what waits, runs each job, commits once, then
//! answers everybody.
//!
//! No timer gathers a group: a lone write is committed at once, and while it
//! waits for the disk the next group gathers by itself.
//!
//! A job that fails must leave nothing. A savepoint around each job would see to
//! it, but costs every job, while few fail, and most of those before they write.
//! So jobs run together; when one fails that has written, the group begins again
//! with each job in a savepoint, and so do the next few groups.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;

use super::checkpointer::Checkpointer;
use super::file::Claim;
use super::job::Job;
use super::log::Log;
use super::writer::Writer;
use crate::sql::tx::Backend;
use crate::sql::{Gauges, Result, StoreError, Tx};

/// Jobs in one commit at most, so that the first of them does not wait too long.
const GROUP: usize = 256;

/// Groups whose jobs are set apart after a job had failed that had written: such failures come in crowds.
const WARY: u32 = 16;

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

/// What the thread works with.
pub(crate) struct Equipment {
    /// Of the writer.
    pub(crate) tx: Tx,
    pub(crate) log: Arc<Log>,
    pub(crate) checkpointer: Checkpointer,
}

/// Starts the thread. It ends when told to, or when the last sender is gone; the claim on the file ends with it.
pub(crate) fn start(
    equipment: Equipment,
    messages: Receiver<Message>,
    progress: Arc<Progress>,
    claim: Claim,
) -> Result<JoinHandle<()>> {
    let Equipment { tx, log, checkpointer } = equipment;
    let mut thread =
        Thread { tx, log, checkpointer: Some(checkpointer), messages, progress, closing: false, wary: 0 };
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
    log: Arc<Log>,
    checkpointer: Option<Checkpointer>,
    messages: Receiver<Message>,
    progress: Arc<Progress>,
    closing: bool,
    /// Groups still to come whose jobs are set apart.
    wary: u32,
}

impl Thread {
    fn serve(&mut self) {
        while let Some(first) = self.next() {
            self.group(first);
        }
        self.checkpointer = None;
        if let Some(writer) = self.writer() {
            writer.empty_log();
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
        let mut jobs = Vec::new();
        let committed = self.gather(first, &mut jobs).and_then(|()| self.control(Writer::commit));
        self.wary = self.wary.saturating_sub(1);
        match &committed {
            Ok(()) => self.progress.committed(jobs.len()),
            Err(error) => {
                tracing::error!(%error, jobs = jobs.len(), "a group of writes failed");
                if let Some(writer) = self.writer() {
                    writer.abandon();
                }
            }
        }
        for job in jobs {
            job.answer(committed.clone());
        }
        self.tend_log();
    }

    /// Runs the first job and those that wait. An error means that the whole group is lost.
    fn gather(&mut self, first: Box<dyn Job>, jobs: &mut Vec<Box<dyn Job>>) -> Result<()> {
        let mut next = Some(first);
        while let Some(mut job) = next {
            if !job.is_unwanted() {
                let kept = if self.wary > 0 { self.run_apart(job.as_mut()) } else { self.run(job.as_mut()) };
                jobs.push(job);
                if !kept? {
                    self.run_again(jobs)?;
                }
            }
            if jobs.len() >= GROUP {
                break;
            }
            next = self.next_at_hand();
        }
        Ok(())
    }

    /// Runs one job among the others. `false` when it failed and left something behind.
    fn run(&mut self, job: &mut dyn Job) -> Result<bool> {
        self.control(|writer| {
            writer.watch_job();
            Ok(())
        })?;
        self.tx.renew();
        let kept = job.run(&mut self.tx);
        Ok(kept || !self.writer().is_some_and(Writer::is_spoiled))
    }

    /// Runs one job in its savepoint.
    fn run_apart(&mut self, job: &mut dyn Job) -> Result<bool> {
        self.control(Writer::start_job)?;
        self.tx.renew();
        let end = if job.run(&mut self.tx) { Writer::keep_job } else { Writer::undo_job };
        self.control(end).map(|()| true)
    }

    /// Undoes the group and runs it again with each job apart. A job that was alone has its answer already.
    fn run_again(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<()> {
        self.control(Writer::start_over)?;
        if jobs.len() > 1 {
            self.wary = WARY;
            for job in jobs {
                self.run_apart(job.as_mut())?;
            }
        }
        Ok(())
    }

    /// See [`super::log`].
    fn tend_log(&mut self) {
        if self.log.wants_its_end()
            && let Some(writer) = self.writer()
        {
            writer.checkpoint();
        }
        if let Some(checkpointer) = &self.checkpointer {
            checkpointer.after_commit();
        }
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
