//! Writes down what became of messages: all that is ready, in one transaction.
//!
//! While one transaction is under way the next results gather by themselves.

use std::sync::Arc;
use std::time::Duration;

use postern_core::time::Timestamp;
use postern_store::sql::{Db, StoreError};
use postern_store::tables::outbox::{self, Settled};
use tokio::sync::mpsc::UnboundedReceiver;

use super::Observer;
use super::event::{DeliveryEvent, Standing};
use super::flight::Landed;
use super::slots::Slot;

/// Most results of one transaction.
const MOST: usize = 256;
/// How long to wait after the database failed.
const PAUSE: Duration = Duration::from_millis(500);

/// Writes down results until nobody can send any more.
pub(super) struct Settler {
    pub(super) db: Db,
    pub(super) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(super) observer: Option<Observer>,
}

impl Settler {
    /// The channel needs no bound of its own: each result holds a place.
    pub(super) async fn run(self, mut results: UnboundedReceiver<(Landed, Slot)>) {
        let mut ready = Vec::with_capacity(MOST);
        while results.recv_many(&mut ready, MOST).await > 0 {
            let (mut settled, mut told) = (Vec::with_capacity(ready.len()), Vec::with_capacity(ready.len()));
            for (landed, slot) in ready.drain(..) {
                settled.push(landed.settled);
                told.push((landed.event, slot));
            }
            self.settle(Arc::new(settled), told).await;
        }
    }

    /// Until the leases end, the results are worth another try; then the messages are not ours any more.
    async fn settle(&self, settled: Arc<Vec<Settled>>, told: Vec<(DeliveryEvent, Slot)>) {
        let last_lease = settled.iter().map(|one| one.lease_until).max().unwrap_or_default();
        loop {
            let now = (self.clock)();
            let work = (Arc::clone(&settled), now);
            let written =
                self.db.write(work, |tx, (settled, now)| Box::pin(outbox::settle(tx, settled, *now))).await;
            let error: StoreError = match written {
                Ok(ours) => {
                    for (mut event, _slot) in told {
                        if !ours.contains(&event.message) {
                            event.standing = Standing::LeaseLost;
                        }
                        self.tell(&event);
                    }
                    return;
                }
                Err(error) => error,
            };
            tracing::warn!(%error, messages = settled.len(), "what became of messages could not be written down");
            if last_lease <= now {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn tell(&self, event: &DeliveryEvent) {
        if event.standing == Standing::LeaseLost {
            let (environment, message) = (event.environment, event.message);
            tracing::warn!(environment.id = %environment, message.id = %message, "a message took longer than its lease");
        }
        if let Some(observer) = &self.observer {
            observer(event);
        }
    }
}
