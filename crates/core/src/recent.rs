//! A bounded map of what was used lately, for what can be read or computed again.
//!
//! Each part of it has two generations. What comes in, or is found in the older
//! one, goes into the younger; when that is full it becomes the older, and the one
//! that was older is dropped. So what is used stays, and finding is one look-up
//! under a lock that readers share.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, PoisonError, RwLock};

/// Parts, so that processors seldom wait for each other.
const PARTS: usize = 16;

/// The map. Clones share it.
pub struct Recent<K, V>(Arc<Shared<K, V>>);

struct Shared<K, V> {
    parts: [RwLock<Generations<K, V>>; PARTS],
    hasher: RandomState,
    /// Entries of a generation at most.
    most: usize,
}

struct Generations<K, V> {
    younger: HashMap<K, V>,
    older: HashMap<K, V>,
}

impl<K, V> Clone for Recent<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Recent<K, V> {
    /// A map of about so many entries.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let part = |_| RwLock::new(Generations { younger: HashMap::new(), older: HashMap::new() });
        let parts = std::array::from_fn(part);
        let most = capacity.div_ceil(2 * PARTS).max(1);
        Self(Arc::new(Shared { parts, hasher: RandomState::new(), most }))
    }

    /// What is kept for the key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<V> {
        let part = self.part(key)?;
        let found = {
            let generations = part.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(value) = generations.younger.get(key) {
                return Some(value.clone());
            }
            generations.older.contains_key(key)
        };
        if !found {
            return None;
        }
        let mut generations = part.write().unwrap_or_else(PoisonError::into_inner);
        let value = generations.older.remove(key)?;
        generations.put(key.clone(), value.clone(), self.0.most);
        Some(value)
    }

    /// Keeps the value for the key.
    pub fn insert(&self, key: K, value: V) {
        let Some(part) = self.part(&key) else { return };
        let mut generations = part.write().unwrap_or_else(PoisonError::into_inner);
        generations.older.remove(&key);
        generations.put(key, value, self.0.most);
    }

    /// Puts in the place of what is kept for the key what the function makes of it, in one step.
    pub fn update<R>(&self, key: K, change: impl FnOnce(Option<V>) -> (V, R)) -> R {
        let Some(part) = self.part(&key) else { return change(None).1 };
        let mut generations = part.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = generations.younger.get_mut(&key) {
            let (value, result) = change(Some(kept.clone()));
            *kept = value;
            return result;
        }
        let older = generations.older.remove(&key);
        let (value, result) = change(older);
        generations.put(key, value, self.0.most);
        result
    }

    /// Keeps nothing for the key.
    pub fn remove(&self, key: &K) {
        let Some(part) = self.part(key) else { return };
        let mut generations = part.write().unwrap_or_else(PoisonError::into_inner);
        generations.younger.remove(key);
        generations.older.remove(key);
    }

    fn part(&self, key: &K) -> Option<&RwLock<Generations<K, V>>> {
        let place = usize::try_from(self.0.hasher.hash_one(key) % PARTS as u64).unwrap_or_default();
        self.0.parts.get(place)
    }
}

impl<K: Hash + Eq, V> Generations<K, V> {
    fn put(&mut self, key: K, value: V, most: usize) {
        self.younger.insert(key, value);
        if self.younger.len() > most {
            self.older = std::mem::take(&mut self.younger);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_rest_makes_room() {
        let map = Recent::new(64);
        map.insert(0, "used");
        for number in 1..10_000 {
            map.insert(number, "other");
            assert_eq!(map.get(&0), Some("used"));
        }
        let kept = (0..10_000).filter(|number| map.get(number).is_some()).count();
        assert!(kept <= 64 + 2 * PARTS, "{kept}");
    }

    #[test]
    fn a_value_is_made_of_the_one_before() {
        let map = Recent::new(64);
        let count = |key| map.update(key, |before: Option<u32>| (before.unwrap_or(0) + 1, before));
        assert_eq!((count("a"), count("a"), count("b")), (None, Some(1), None));
        assert_eq!(map.get(&"a"), Some(2));
    }

    #[test]
    fn a_new_value_takes_the_place_of_the_old_one_and_goes_when_told() {
        let map = Recent::new(64);
        map.insert("a", 1);
        map.clone().insert("a", 2);
        assert_eq!(map.get(&"a"), Some(2));
        map.remove(&"a");
        assert_eq!(map.get(&"a"), None);
    }
}
