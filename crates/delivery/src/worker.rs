//! The outbox worker: takes due messages, has them delivered, and writes down what came of it.
//!
//! A message is leased before it is tried; when this process dies, the lease
//! ends and another worker takes it. Each message runs on its own, so a slow
//! provider holds back nobody else. What a message says and who carries it is
//! asked of [`Desk`].

mod settle;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use postern_core::notify::OutboundMessage;
use postern_core::random::Random;
use postern_core::time::{Span, Timestamp};
use postern_store::sql::{Db, StoreError};
use postern_store::tables::outbox::{self, Leased};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::chain::{self, Link, Round};
use crate::outcome::Reason;

/// How long a message is ours: the longest attempt, and time to write down what came of it.
const LEASE: Span = Span::seconds(60);
/// No attempt begins later than this after the lease began.
const LAST_ATTEMPT: Span = Span::seconds(15);
/// How many messages are on their way at once.
const AT_ONCE: usize = 256;
/// Messages of other nodes, and those whose worker died, are found within this time.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// After the database failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// At the end, messages on their way get so long; the lease of others ends by itself.
const DRAIN: Duration = Duration::from_secs(15);

/// What the worker asks of the program around it.
pub trait Desk: Send + Sync + 'static {
    /// Opens the content of a message.
    ///
    /// # Errors
    /// Why it cannot be opened, in words without secrets. It is given up then.
    fn open(&self, message: &Leased) -> Result<OutboundMessage, Reason>;

    /// Who may carry it, in order.
    fn links<'a>(&'a self, message: &'a OutboundMessage) -> BoxFuture<'a, Result<Vec<Link>, StoreError>>;

    /// Told of each attempt: provider, and the label of its outcome.
    fn attempted(&self, provider: &str, outcome: &'static str);
}

/// Reads the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The worker's means. Cheap to clone.
#[derive(Clone)]
pub struct Worker {
    /// Where the outbox is.
    pub db: Db,
    /// Opens messages and finds providers.
    pub desk: Arc<dyn Desk>,
    /// The time.
    pub clock: Clock,
    /// Spreads retries.
    pub random: Random,
    /// Rung after a commit that enqueued a message.
    pub bell: Arc<Notify>,
}

impl Worker {
    /// Works until `stop` ends, then lets the messages on their way finish.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let free = Arc::new(Semaphore::new(AT_ONCE));
        tokio::pin!(stop);
        loop {
            let pause = match self.dispatch(&free).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::warn!(%error, "messages could not be taken from the outbox");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = self.bell.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        let all = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        if tokio::time::timeout(DRAIN, free.acquire_many(all)).await.is_err() {
            tracing::warn!("messages on their way were left to the end of their lease");
        }
    }

    /// Takes due messages as long as there are any, and says how long there is nothing to do.
    async fn dispatch(&self, free: &Arc<Semaphore>) -> Result<Duration, StoreError> {
        loop {
            // At least one place must be free before anything is leased.
            let Ok(first) = Arc::clone(free).acquire_owned().await else { return Ok(LONGEST_PAUSE) };
            let places = 1 + free.available_permits();
            let now = (self.clock)();
            let wanted = (now, now.plus(LEASE), i64::try_from(places).unwrap_or(1));
            let due = self.lease(wanted).await?;
            let taken = due.len();
            let mut place = Some(first);
            for message in due {
                let permit = match place.take() {
                    Some(permit) => permit,
                    None => match Arc::clone(free).acquire_owned().await {
                        Ok(permit) => permit,
                        Err(_) => return Ok(LONGEST_PAUSE),
                    },
                };
                self.start(message, now, permit);
            }
            if taken < places {
                return self.pause().await;
            }
        }
    }

    async fn lease(&self, wanted: (Timestamp, Timestamp, i64)) -> Result<Vec<Leased>, StoreError> {
        self.db.write(wanted, |tx, (now, until, limit)| Box::pin(outbox::lease(tx, *now, *until, *limit, &[]))).await
    }

    async fn pause(&self) -> Result<Duration, StoreError> {
        let now = (self.clock)();
        let next = outbox::next_due(&mut self.db.read().await?, now).await?;
        let wait = next.map_or(i64::MAX, |due| due.since(now).as_micros());
        let wait = Duration::from_micros(u64::try_from(wait).unwrap_or(0));
        Ok(wait.clamp(Duration::from_millis(5), LONGEST_PAUSE))
    }

    fn start(&self, message: Leased, leased_at: Timestamp, place: OwnedSemaphorePermit) {
        let worker = self.clone();
        tokio::spawn(async move {
            let id = message.id;
            let work = std::panic::AssertUnwindSafe(worker.carry(&message, leased_at)).catch_unwind();
            match work.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(message.id = %id, %error, "a message is left to the end of its lease"),
                Err(_) => tracing::error!(message.id = %id, "a delivery ended by a fault"),
            }
            drop(place);
        });
    }

    async fn carry(&self, leased: &Leased, leased_at: Timestamp) -> Result<(), StoreError> {
        let message = match self.desk.open(leased) {
            Ok(message) => message,
            Err(reason) => {
                tracing::error!(message.id = %leased.id, %reason, "a message cannot be opened");
                return settle::give_up(self, leased, reason.as_str()).await;
            }
        };
        let links = self.desk.links(&message).await?;
        let number = u32::try_from(leased.attempts).unwrap_or(u32::MAX).saturating_add(1);
        let round = Round { number, begin_before: leased_at.plus(LAST_ATTEMPT) };
        let report = chain::deliver(&links, &message, round, &*self.clock).await;
        for attempt in &report.tries {
            self.desk.attempted(&attempt.provider, attempt.outcome.label());
        }
        settle::settle(self, leased, report).await
    }
}
