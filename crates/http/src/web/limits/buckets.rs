//! Token buckets by key.
//!
//! Of each bucket only the moment is kept at which it will be full again: every request moves it on by the time that
//! one token takes, and a bucket that would need longer than an empty one is overdrawn. Nothing has to run in between.

use std::hash::Hash;

use postern_core::recent::Recent;
use postern_core::time::{Span, Timestamp};

use super::Rate;

const NANOS_PER_MICRO: i64 = 1000;
const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// A moment further away than an empty bucket needs, and than requests at the same time differ: the clock was set back.
const CLOCK_SET_BACK: i64 = 60 * NANOS_PER_SECOND;

/// The buckets. Each begins full.
pub(super) struct Buckets<K> {
    /// Moments by key, in nanoseconds since 1970.
    full_at: Recent<K, i64>,
    /// What one token takes, in nanoseconds.
    interval: i64,
    /// What an empty bucket takes, in nanoseconds.
    capacity: i64,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    /// Buckets that fill at this rate; about so many are remembered.
    pub(super) fn new(rate: Rate, most: usize) -> Self {
        let interval = NANOS_PER_SECOND / i64::from(rate.per_second.max(1));
        let capacity = interval.saturating_mul(i64::from(rate.burst.max(1)));
        Self { full_at: Recent::new(most), interval, capacity }
    }

    /// Takes a token, or says how long to wait for the next one.
    pub(super) fn take(&self, key: K, now: Timestamp) -> Result<(), Span> {
        let now = now.micros().saturating_mul(NANOS_PER_MICRO);
        let latest = now.saturating_add(self.capacity);
        self.full_at.update(key, |before| {
            let full_at = before.filter(|at| *at <= latest.saturating_add(CLOCK_SET_BACK));
            let full_at = full_at.map_or(now, |at| at.max(now));
            let after = full_at.saturating_add(self.interval);
            if after <= latest {
                (after, Ok(()))
            } else {
                let wait = after.saturating_sub(latest);
                (full_at, Err(Span::micros(wait.saturating_add(NANOS_PER_MICRO - 1) / NANOS_PER_MICRO)))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_767_607_200);

    fn buckets(per_second: u32, burst: u32) -> Buckets<u8> {
        Buckets::new(Rate { per_second, burst }, 64)
    }

    #[test]
    fn a_burst_passes_and_then_one_for_every_interval() {
        let buckets = buckets(10, 3);
        assert!((0..3).all(|_| buckets.take(1, NOW).is_ok()));
        assert_eq!(buckets.take(1, NOW), Err(Span::millis(100)));
        assert_eq!(buckets.take(1, NOW.plus(Span::millis(60))), Err(Span::millis(40)));
        assert_eq!(buckets.take(1, NOW.plus(Span::millis(100))), Ok(()));
        assert_eq!(buckets.take(1, NOW.plus(Span::millis(100))), Err(Span::millis(100)));
        assert_eq!(buckets.take(2, NOW), Ok(()), "another key has its own");
    }

    #[test]
    fn a_bucket_holds_no_more_than_its_burst_however_long_the_pause() {
        let buckets = buckets(1000, 2);
        assert_eq!(buckets.take(1, NOW), Ok(()));
        let later = NOW.plus(Span::hours(5));
        assert_eq!((0..10).filter(|_| buckets.take(1, later).is_ok()).count(), 2);
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out() {
        let buckets = buckets(1, 1);
        assert_eq!(buckets.take(1, NOW), Ok(()));
        assert_eq!(buckets.take(1, NOW.minus(Span::hours(3))), Ok(()));
    }

    proptest! {
        #[test]
        fn whatever_the_pauses_no_more_pass_than_burst_and_rate_allow(
            pauses in proptest::collection::vec(0_i64..400_000, 1..200), per_second in 1_u32..50, burst in 1_u32..20
        ) {
            let buckets = buckets(per_second, burst);
            let (mut now, mut passed) = (NOW, 0_i64);
            for pause in pauses {
                now = now.plus(Span::micros(pause));
                passed += i64::from(buckets.take(1, now).is_ok());
            }
            let refilled = now.since(NOW).as_micros() * i64::from(per_second) / 1_000_000;
            prop_assert!(passed <= i64::from(burst) + refilled + 1, "{passed}");
        }
    }
}
