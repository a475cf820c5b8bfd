//! How many messages are under way, in all and for each environment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use postern_core::ids::EnvironmentId;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// The places of all messages that are under way.
pub(super) struct Slots {
    free: Arc<Semaphore>,
    held: Mutex<HashMap<EnvironmentId, usize>>,
    crowd: usize,
    /// Told when an environment is crowded no more.
    pub(super) relieved: Notify,
}

/// The place of one message; free again when dropped.
pub(super) struct Slot {
    slots: Arc<Slots>,
    environment: EnvironmentId,
    _permit: OwnedSemaphorePermit,
}

impl Slots {
    /// So many places; an environment that holds a third of them is crowded.
    pub(super) fn new(places: usize) -> Arc<Self> {
        let (free, crowd) = (Arc::new(Semaphore::new(places)), (places / 3).max(1));
        Arc::new(Self { free, held: Mutex::default(), crowd, relieved: Notify::new() })
    }

    /// Waits until a place is free, and gives how many are.
    pub(super) async fn free(&self) -> usize {
        // The semaphore is never closed; if it were, nothing would be free.
        let one = self.free.acquire().await;
        one.map_or(0, |one| self.free.available_permits().saturating_add(one.num_permits()))
    }

    /// Takes a place, waiting for it if need be; only the caller of [`Slots::free`] takes any, so it does not wait.
    pub(super) async fn take(self: &Arc<Self>, environment: EnvironmentId) -> Option<Slot> {
        let permit = Arc::clone(&self.free).acquire_owned().await.ok()?;
        *self.held().entry(environment).or_default() += 1;
        Some(Slot { slots: Arc::clone(self), environment, _permit: permit })
    }

    /// Environments that hold so many places that others go first.
    pub(super) fn crowded(&self) -> Vec<EnvironmentId> {
        self.held()
            .iter()
            .filter(|(_, held)| **held >= self.crowd)
            .map(|(environment, _)| *environment)
            .collect()
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<EnvironmentId, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut held = self.slots.held();
        let Some(count) = held.get_mut(&self.environment) else { return };
        let relieved = *count == self.slots.crowd;
        *count = count.saturating_sub(1);
        if *count == 0 {
            held.remove(&self.environment);
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
        let slots = Slots::new(6);
        let first = slots.take(one).await;
        assert!(slots.crowded().is_empty());
        let (_second, _third) = (slots.take(one).await, slots.take(other).await);
        assert_eq!((slots.crowded(), slots.free().await), (vec![one], 3));
        drop(first);
        slots.relieved.notified().await;
        assert_eq!((slots.crowded(), slots.free().await), (vec![], 4));
    }
}
