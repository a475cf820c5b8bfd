//! A bounded cache whose entries are trusted for a short time, and not at all after a change on this node.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use moka::sync::Cache;
use postern_core::time::{Span, Timestamp};

/// Longest time for which a change on another node may go unseen.
pub(crate) const TRUSTED_FOR: Span = Span::seconds(10);

/// The cache. Clones share it.
#[derive(Clone)]
pub(crate) struct ShortCache<K, V> {
    entries: Cache<K, Entry<V>>,
    generation: Arc<AtomicU64>,
}

#[derive(Clone)]
struct Entry<V> {
    value: V,
    from: Timestamp,
    until: Timestamp,
    generation: u64,
}

/// The state of the cache before something was read for it: what a change makes stale is not kept.
#[derive(Clone, Copy)]
pub(crate) struct Before(u64);

impl<K, V> ShortCache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(crate) fn new(capacity: u64) -> Self {
        Self { entries: Cache::new(capacity), generation: Arc::default() }
    }

    /// The value, when it may still be trusted. A clock that went back ends the trust too.
    pub(crate) fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let entry = self.entries.get(key)?;
        let trusted = entry.generation == self.generation.load(Ordering::Acquire)
            && entry.from <= now
            && now < entry.until;
        trusted.then_some(entry.value)
    }

    /// To be taken before the value is read from the database.
    pub(crate) fn before(&self) -> Before {
        Before(self.generation.load(Ordering::Acquire))
    }

    /// Keeps a value that was read at `now`, for [`TRUSTED_FOR`], and never beyond `end`.
    pub(crate) fn put(&self, key: K, value: V, before: Before, now: Timestamp, end: Option<Timestamp>) {
        let until = now.plus(TRUSTED_FOR);
        let until = end.map_or(until, |end| end.min(until));
        self.entries.insert(key, Entry { value, from: now, until, generation: before.0 });
    }

    /// Trusts nothing that was read before.
    pub(crate) fn forget_all(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1000);

    fn filled(end: Option<Timestamp>) -> ShortCache<u8, u8> {
        let cache = ShortCache::new(10);
        cache.put(1, 2, cache.before(), NOW, end);
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
        let before = cache.before();
        cache.forget_all();
        cache.put(1, 2, before, NOW, None);
        assert_eq!(cache.get(&1, NOW), None);
        cache.put(1, 2, cache.before(), NOW, None);
        assert_eq!(cache.get(&1, NOW), Some(2));
    }
}
