//! How often, and after which pause, lost work is done again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Tries in all.
const TRIES: u32 = 10;

/// Hands each writer its own rhythm, so that two that collided do not collide again.
#[derive(Default)]
pub(crate) struct Retries(AtomicU64);

impl Retries {
    pub(crate) fn begin(&self) -> Retry {
        Retry { rhythm: self.0.fetch_add(1, Ordering::Relaxed) % 8, attempt: 0 }
    }
}

/// The tries of one write.
pub(crate) struct Retry {
    rhythm: u64,
    attempt: u32,
}

impl Retry {
    /// 0 at first.
    pub(crate) const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Pauses before the next try; `false` when there has been enough of them.
    pub(crate) async fn wait(&mut self) -> bool {
        let Some(pause) = self.next() else { return false };
        tokio::time::sleep(pause).await;
        true
    }

    fn next(&mut self) -> Option<Duration> {
        self.attempt += 1;
        (self.attempt < TRIES).then(|| self.pause())
    }

    /// From 1 to 72 milliseconds, doubling.
    const fn pause(&self) -> Duration {
        let doubled = if self.attempt > 6 { 64 } else { 1 << self.attempt };
        Duration::from_millis(doubled / 2 + self.rhythm * self.attempt as u64 % 9 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_below_a_tenth_of_a_second() {
        let pauses = |rhythm| (1..TRIES).map(move |attempt| Retry { rhythm, attempt }.pause().as_millis());
        for rhythm in 0..8 {
            assert!(pauses(rhythm).all(|pause| (1..100).contains(&pause)));
            assert!(pauses(rhythm).next_back() > pauses(rhythm).next());
        }
    }

    #[test]
    fn a_write_is_tried_ten_times_at_most() {
        let mut retry = Retries::default().begin();
        assert_eq!(std::iter::from_fn(|| retry.next()).count(), 9);
    }
}
