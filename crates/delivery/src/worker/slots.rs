//! How many messages are under way, in all, for each environment and on each channel.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use postern_core::ids::EnvironmentId;
use postern_store::tables::outbox::Except;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// The places of all messages that are under way.
///
/// A slow provider holds its places for long. So that it holds nobody else back, those that hold too many get no more:
/// an environment at a third of all places, a channel at half of them, a channel within an environment at a quarter.
pub(super) struct Slots {
    free: Arc<Semaphore>,
    /// By what is left alone when it holds too many.
    held: Mutex<HashMap<Except, usize>>,
    places: usize,
    /// Told when something is crowded no more.
    pub(super) relieved: Notify,
}

/// The place of one message; free again when dropped.
pub(super) struct Slot {
    slots: Arc<Slots>,
    shares: [Except; 3],
    _permit: OwnedSemaphorePermit,
}

impl Slots {
    /// So many places.
    pub(super) fn new(places: usize) -> Arc<Self> {
        let free = Arc::new(Semaphore::new(places));
        Arc::new(Self { free, held: Mutex::default(), places, relieved: Notify::new() })
    }

    /// Waits until a place is free, and gives how many are.
    pub(super) async fn free(&self) -> usize {
        // The semaphore is never closed; if it were, nothing would be free.
        let one = self.free.acquire().await;
        one.map_or(0, |one| self.free.available_permits().saturating_add(one.num_permits()))
    }

    /// Takes a place, waiting for it if need be; only the caller of [`Slots::free`] takes any, so it does not wait.
    pub(super) async fn take(self: &Arc<Self>, environment: EnvironmentId, channel: &str) -> Option<Slot> {
        let permit = Arc::clone(&self.free).acquire_owned().await.ok()?;
        let shares = [
            Except::Environment(environment),
            Except::Channel(channel.to_owned()),
            Except::Both(environment, channel.to_owned()),
        ];
        let mut held = self.held();
        for share in &shares {
            *held.entry(share.clone()).or_default() += 1;
        }
        drop(held);
        Some(Slot { slots: Arc::clone(self), shares, _permit: permit })
    }

    /// What holds so many places that others go first.
    pub(super) fn crowded(&self) -> Vec<Except> {
        let held = self.held();
        held.iter()
            .filter(|(share, held)| **held >= self.crowd(share))
            .map(|(share, _)| share.clone())
            .collect()
    }

    fn crowd(&self, share: &Except) -> usize {
        let part = match share {
            Except::Environment(_) => 3,
            Except::Channel(_) => 2,
            Except::Both(..) => 4,
        };
        (self.places / part).max(1)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<Except, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut held = self.slots.held();
        let mut relieved = false;
        for share in &self.shares {
            let Some(count) = held.get_mut(share) else { continue };
            relieved |= *count == self.slots.crowd(share);
            *count = count.saturating_sub(1);
            if *count == 0 {
                held.remove(share);
            }
        }
        drop(held);
        if relieved {
            self.slots.relieved.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use postern_core::random::Random;

    use super::*;

    #[tokio::test]
    async fn an_environment_with_a_third_of_the_places_is_crowded_until_one_is_free() {
        let random = Random::seeded(1);
        let (one, other) = (EnvironmentId::new(&random), EnvironmentId::new(&random));
        let slots = Slots::new(12);
        let first = slots.take(one, "SMS").await;
        assert!(slots.crowded().is_empty());
        let mut kept = vec![slots.take(other, "VOICE").await];
        for channel in ["EMAIL", "PUSH", "VOICE"] {
            kept.push(slots.take(one, channel).await);
        }
        assert_eq!((slots.crowded(), slots.free().await), (vec![Except::Environment(one)], 7));
        drop(first);
        slots.relieved.notified().await;
        assert_eq!((slots.crowded(), slots.free().await), (vec![], 8));
    }

    #[tokio::test]
    async fn a_channel_is_crowded_within_an_environment_before_the_environment_is() {
        let random = Random::seeded(2);
        let (one, others) = (EnvironmentId::new(&random), [(); 3].map(|()| EnvironmentId::new(&random)));
        let slots = Slots::new(12);
        let first = slots.take(one, "SMS").await;
        let mut kept = vec![slots.take(one, "SMS").await, slots.take(one, "SMS").await];
        assert_eq!(slots.crowded(), [Except::Both(one, "SMS".to_owned())]);
        for other in others {
            kept.push(slots.take(other, "SMS").await);
        }
        let crowded = slots.crowded();
        assert_eq!(crowded.len(), 2, "{crowded:?}");
        assert!(crowded.contains(&Except::Channel("SMS".to_owned())));
        drop(first);
        assert!(slots.crowded().is_empty());
    }
}
