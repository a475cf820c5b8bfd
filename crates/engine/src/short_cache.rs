//! A bounded cache whose entries are trusted for a short time, and not at all after a change on this node.
//!
//! Every entry belongs to an environment; a change in one environment leaves the entries of the others trusted.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use postern_core::ids::{EnvironmentId, Id};
use postern_core::time::{Span, Timestamp};

use postern_core::recent::Recent;

/// Longest time for which a change on another node may go unseen.
pub(crate) const TRUSTED_FOR: Span = Span::seconds(10);

/// How many generations there are. Environments that share one also share their changes, which costs a reading only.
const GENERATIONS: usize = 1024;

/// The cache. Clones share it.
#[derive(Clone)]
pub(crate) struct ShortCache<K, V> {
    entries: Recent<K, Entry<V>>,
    generations: Arc<[AtomicU64]>,
}

#[derive(Clone)]
struct Entry<V> {
    value: V,
    from: Timestamp,
    until: Timestamp,
    before: Before,
}

/// The state of the cache before something was read for it: what a change makes stale is not kept.
#[derive(Clone, Copy)]
pub(crate) struct Before {
    environment: EnvironmentId,
    generation: u64,
}

impl<K, V> ShortCache<K, V>
where
    K: Hash + Eq + Clone,
    V: Clone,
{
    pub(crate) fn new(capacity: usize) -> Self {
        let generations = (0..GENERATIONS).map(|_| AtomicU64::default()).collect();
        Self { entries: Recent::new(capacity), generations }
    }

    /// The value, when it may still be trusted. A clock that went back ends the trust too.
    pub(crate) fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let entry = self.entries.get(key)?;
        let trusted = entry.before.generation == self.generation(entry.before.environment)
            && entry.from <= now
            && now < entry.until;
        trusted.then_some(entry.value)
    }

    /// To be taken before a value of the environment is read from the database.
    pub(crate) fn before(&self, environment: EnvironmentId) -> Before {
        Before { environment, generation: self.generation(environment) }
    }

    /// Keeps a value that was read at `now`, for [`TRUSTED_FOR`], and never beyond `end`.
    pub(crate) fn put(&self, key: K, value: V, before: Before, now: Timestamp, end: Option<Timestamp>) {
        let until = now.plus(TRUSTED_FOR);
        let until = end.map_or(until, |end| end.min(until));
        self.entries.insert(key, Entry { value, from: now, until, before });
    }

    /// Trusts nothing of the environment that was read before.
    pub(crate) fn forget(&self, environment: EnvironmentId) {
        if let Some(generation) = self.place(environment) {
            generation.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn generation(&self, environment: EnvironmentId) -> u64 {
        self.place(environment).map_or(0, |generation| generation.load(Ordering::Acquire))
    }

    fn place(&self, environment: EnvironmentId) -> Option<&AtomicU64> {
        let [.., high, low] = *environment.uuid().as_bytes();
        self.generations.get(usize::from(u16::from_be_bytes([high, low])) % GENERATIONS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1000);

    fn environment(number: u128) -> EnvironmentId {
        EnvironmentId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn filled(end: Option<Timestamp>) -> ShortCache<u8, u8> {
        let cache = ShortCache::new(10);
        cache.put(1, 2, cache.before(environment(1)), NOW, end);
        cache
    }

    #[test]
    fn an_entry_is_trusted_for_ten_seconds_and_not_before_it_was_read() {
        let cache = filled(None);
        assert_eq!(cache.get(&1, NOW.plus(Span::seconds(9))), Some(2));
        assert_eq!(cache.get(&1, NOW.plus(Span::seconds(10))), None);
        assert_eq!(cache.get(&1, NOW.minus(Span::micros(1))), None);
    }

    #[test]
    fn an_entry_is_not_trusted_beyond_its_end() {
        assert_eq!(filled(Some(NOW.plus(Span::seconds(3)))).get(&1, NOW.plus(Span::seconds(3))), None);
    }

    #[test]
    fn nothing_read_before_a_change_is_trusted_after_it() {
        let cache = ShortCache::new(10);
        let before = cache.before(environment(1));
        cache.forget(environment(1));
        cache.put(1, 2, before, NOW, None);
        assert_eq!(cache.get(&1, NOW), None);
        cache.put(1, 2, cache.before(environment(1)), NOW, None);
        assert_eq!(cache.get(&1, NOW), Some(2));
    }

    #[test]
    fn a_change_in_one_environment_leaves_the_entries_of_others() {
        let cache = filled(None);
        cache.put(3, 4, cache.before(environment(2)), NOW, None);
        cache.forget(environment(2));
        assert_eq!((cache.get(&1, NOW), cache.get(&3, NOW)), (Some(2), None));
    }
}
