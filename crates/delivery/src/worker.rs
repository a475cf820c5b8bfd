//! The outbox worker: takes messages that are due, hands them to providers and writes down what became of them.
//!
//! Messages are leased in batches, each is delivered in a task of its own, and
//! results are settled in batches. So many are under way at most
//! ([`IN_FLIGHT`]); an environment, a channel, or a channel within an
//! environment that holds its share of them gets no more until some are done, so
//! that a slow provider holds nobody else back.
//!
//! Any number of workers may share a database. One that dies keeps its leases
//! until they end; then another takes the messages: each is handed over at
//! least once.

mod backoff;
mod broken;
mod event;
mod flight;
mod providers;
mod pushers;
mod settler;
mod slots;

pub use event::{DeliveryEvent, GoneDevice, Standing};

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use postern_core::crypto::keyring::KeyRing;
use postern_core::random::Random;
use postern_core::time::{Span, Timestamp};
use postern_store::sql::{Db, StoreError};
use postern_store::tables::outbox::{self, Except, Leased};
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{JoinHandle, JoinSet};

use crate::chain::Link;
use crate::http::Outbound;
use crate::provider::Provider;
use crate::registry::Registry;
use crate::settings::Addresses;
use flight::{Base, Landed};
use providers::Providers;
use settler::Settler;
use slots::{Slot, Slots};

/// Messages under way at most.
pub const IN_FLIGHT: usize = 768;
/// Messages of one lease at most: with those of a channel that is just not crowded they do not crowd its environment.
const BATCH: usize = IN_FLIGHT / 12;
/// How long a message belongs to the worker that took it.
pub const LEASE: Span = Span::seconds(60);
/// How often to look without being woken: other nodes enqueue too.
const LOOK: Duration = Duration::from_secs(5);
/// Passing over what a crowded environment has waiting costs the database time in proportion: so long between two
/// such leases at least, and nine times what the last one took.
const DETOUR: Duration = Duration::from_millis(5);
/// How long messages under way may go on when it is time to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Told of each round of each message, after it was written down.
pub type Observer = Arc<dyn Fn(&DeliveryEvent) + Send + Sync>;

/// The parts a worker is made of.
pub struct WorkerParts {
    /// The database with the outbox.
    pub db: Db,
    /// Opens messages and the secrets of providers.
    pub keys: Arc<KeyRing>,
    /// How providers call out.
    pub outbound: Outbound,
    /// Other addresses of providers than their own.
    pub addresses: Addresses,
    /// The operator's own provider, for environments that have none: in development the inbox.
    pub fallback: Option<Arc<dyn Provider>>,
    /// The time.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Wakes the worker when something was enqueued.
    pub wake: Arc<Notify>,
    /// Told of each round.
    pub observer: Option<Observer>,
    /// Varies the waits.
    pub random: Random,
}

/// Takes messages from the outbox. Runs until told to stop.
pub struct Worker {
    base: Arc<Base>,
    slots: Arc<Slots>,
    wake: Arc<Notify>,
    observer: Option<Observer>,
}

impl Worker {
    /// A worker, not yet running.
    #[must_use]
    pub fn new(parts: WorkerParts) -> Self {
        let WorkerParts { db, keys, outbound, addresses, fallback, clock, wake, observer, random } = parts;
        let operator = fallback.map(|provider| Link { provider, breaker: Arc::default() });
        let providers = Providers::new(db, keys, Registry::new(outbound), addresses, operator);
        Self {
            base: Arc::new(Base { providers, random, clock }),
            slots: Slots::new(IN_FLIGHT),
            wake,
            observer,
        }
    }

    /// Works until `shutdown` is ready; then takes no more, lets what is under way finish for up to ten seconds and
    /// writes down what became of it. What is not finished then keeps its lease and is taken again when it ends.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let (sender, results) = tokio::sync::mpsc::unbounded_channel();
        let settler = Settler {
            db: self.db().clone(),
            clock: Arc::clone(&self.base.clock),
            observer: self.observer.clone(),
        };
        let settling = tokio::spawn(settler.run(results));
        let mut tasks = JoinSet::new();
        self.work(&mut tasks, &sender, shutdown).await;
        drop(sender);
        finish(tasks, settling).await;
    }

    fn db(&self) -> &Db {
        &self.base.providers.db
    }

    async fn work(
        &self,
        tasks: &mut JoinSet<()>,
        results: &UnboundedSender<(Landed, Slot)>,
        shutdown: impl Future<Output = ()> + Send,
    ) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut detour = DETOUR;
        loop {
            let free = tokio::select! {
                biased;
                () = &mut shutdown => return,
                free = self.slots.free() => free.min(BATCH),
            };
            let crowded = self.slots.crowded();
            if !crowded.is_empty() {
                tokio::select! {
                    biased;
                    () = &mut shutdown => return,
                    () = self.slots.relieved.notified() => continue,
                    () = tokio::time::sleep(detour) => {}
                }
            }
            let began = (self.base.clock)();
            // Not to be interrupted: what is leased and forgotten would wait for the end of its lease.
            let leased = self.lease(began, free, crowded.clone()).await;
            let full = leased.len() >= free;
            for message in leased {
                self.start(tasks, results, message).await;
            }
            while tasks.try_join_next().is_some() {}
            if full {
                continue;
            }
            let now = (self.base.clock)();
            detour = micros(now.since(began)).saturating_mul(9).clamp(DETOUR, LOOK);
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                () = self.something_to_do(now, !crowded.is_empty()) => {}
            }
        }
    }

    async fn lease(&self, now: Timestamp, limit: usize, except: Vec<Except>) -> Vec<Leased> {
        let work = (now, i64::try_from(limit).unwrap_or_default(), except);
        let leased: Result<Vec<Leased>, StoreError> = self
            .db()
            .write(work, |tx, (now, limit, except)| {
                Box::pin(outbox::lease(tx, *now, now.plus(LEASE), *limit, except))
            })
            .await;
        leased.unwrap_or_else(|error| {
            tracing::warn!(%error, "messages could not be taken from the outbox");
            Vec::new()
        })
    }

    async fn start(
        &self,
        tasks: &mut JoinSet<()>,
        results: &UnboundedSender<(Landed, Slot)>,
        message: Leased,
    ) {
        let Some(slot) = self.slots.take(message.environment, &message.channel).await else { return };
        let (base, results) = (Arc::clone(&self.base), results.clone());
        tasks.spawn(async move {
            let landed = base.fly(&message).await;
            // Without a settler the message keeps its lease and is taken again when it ends.
            let _ = results.send((landed, slot));
        });
    }

    /// Waits until it is worth looking again.
    async fn something_to_do(&self, now: Timestamp, crowded: bool) {
        let nap = match self.next_due(now).await {
            Ok(Some(due)) => micros(due.since(now)).min(LOOK),
            Ok(None) | Err(_) => LOOK,
        };
        tokio::select! {
            () = self.wake.notified() => {}
            () = self.slots.relieved.notified(), if crowded => {}
            () = tokio::time::sleep(nap) => {}
        }
    }

    async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        outbox::next_due(&mut self.db().read().await?, now).await
    }
}

fn micros(span: Span) -> Duration {
    Duration::from_micros(u64::try_from(span.as_micros()).unwrap_or_default())
}

/// Lets the messages under way finish, and the settler write everything down.
async fn finish(mut tasks: JoinSet<()>, mut settling: JoinHandle<()>) {
    let all_done = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all_done).await.is_err() {
        tracing::warn!(messages = tasks.len(), "messages under way are left to be taken again");
        tasks.shutdown().await;
    }
    if tokio::time::timeout(GRACE, &mut settling).await.is_err() {
        tracing::warn!("what became of the last messages could not be written down");
        settling.abort();
    }
}
