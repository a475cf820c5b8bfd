//! Randomness as a parameter.
//!
//! [`Random::system`] is the operating system's generator. [`Random::seeded`]
//! is a stream fixed by its seed, for tests and seeded sandboxes: block *n* is
//! HMAC-SHA-256 of *n* under the seed. Both are cheap to clone; clones of a
//! seeded stream share its position.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

use crate::time::Timestamp;

/// A source of random bytes.
#[derive(Clone)]
pub struct Random(Source);

#[derive(Clone)]
enum Source {
    System(SystemRandom),
    Seeded { key: Arc<hmac::Key>, block: Arc<AtomicU64> },
}

impl Random {
    /// The operating system's generator.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System(SystemRandom::new()))
    }

    /// The same bytes for the same seed, every time. Never for production secrets.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &seed.to_be_bytes());
        Self(Source::Seeded { key: Arc::new(key), block: Arc::new(AtomicU64::new(0)) })
    }

    /// Fills the buffer.
    #[expect(
        clippy::expect_used,
        reason = "the operating system's generator does not fail after boot; going on without it is unsafe"
    )]
    pub fn fill(&self, buffer: &mut [u8]) {
        match &self.0 {
            Source::System(system) => system.fill(buffer).expect("the system's random generator answers"),
            Source::Seeded { key, block } => {
                for chunk in buffer.chunks_mut(32) {
                    let number = block.fetch_add(1, Ordering::Relaxed);
                    let tag = hmac::sign(key, &number.to_be_bytes());
                    chunk.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }

    /// An array of random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.fill(&mut buffer);
        buffer
    }

    /// A random (version 4) UUID.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// A UUID that grows with time (version 7) and whose other 74 bits are random: rows that are made together lie
    /// together in the database. From a seed it is random, since the same seed gives the same ids at any time.
    #[must_use]
    pub fn uuid_at(&self, now: Timestamp) -> Uuid {
        match self.0 {
            Source::System(_) => {
                let millis = u64::try_from(now.millis()).unwrap_or_default();
                uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
            }
            Source::Seeded { .. } => self.uuid(),
        }
    }

    /// A number in `0..bound`, without bias. `bound` 0 gives 0.
    #[must_use]
    pub fn below(&self, bound: u32) -> u32 {
        if bound == 0 {
            return 0;
        }
        let limit = u32::MAX - u32::MAX % bound;
        loop {
            let number = u32::from_be_bytes(self.bytes());
            if number < limit {
                return number % bound;
            }
        }
    }

    /// Text of `length` characters taken from `alphabet` (ASCII, not empty).
    #[must_use]
    pub fn text(&self, length: usize, alphabet: &[u8]) -> String {
        let size = u32::try_from(alphabet.len()).unwrap_or(u32::MAX);
        (0..length)
            .filter_map(|_| alphabet.get(self.below(size) as usize))
            .map(|byte| char::from(*byte))
            .collect()
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Source::System(_) => "Random::system",
            Source::Seeded { .. } => "Random::seeded",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_stream_and_another_seed_another() {
        let first: [u8; 40] = Random::seeded(1).bytes();
        assert_eq!(first, Random::seeded(1).bytes::<40>());
        assert_ne!(first, Random::seeded(2).bytes::<40>());
    }

    #[test]
    fn ids_of_a_moment_follow_those_of_an_earlier_one_and_come_from_the_seed_alone_when_there_is_one() {
        let (before, after) = (Timestamp::from_seconds(1), Timestamp::from_seconds(2));
        let system = Random::system();
        let first = system.uuid_at(before);
        assert!(first < system.uuid_at(after));
        assert_ne!(first, system.uuid_at(before));
        assert_eq!(Random::seeded(1).uuid_at(before), Random::seeded(1).uuid_at(after));
    }

    #[test]
    fn numbers_stay_below_their_bound_and_reach_all_values() {
        let random = Random::seeded(3);
        let mut seen = [false; 10];
        (0..500).for_each(|_| seen[random.below(10) as usize] = true);
        assert_eq!(seen, [true; 10]);
    }
}
