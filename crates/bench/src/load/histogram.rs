//! Times in buckets whose width grows with the time: at most 1.6 % of error, and no allocation when recording.

use std::time::Duration;

/// Bits of a value that are kept.
const PRECISION: u32 = 6;
const PER_OCTAVE: usize = 1 << PRECISION;
/// Octaves up to the largest `u64`.
const BUCKETS: usize = (64 - PRECISION as usize) * PER_OCTAVE + PER_OCTAVE;

/// How often each time was seen.
#[derive(Clone)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0, max: 0 }
    }
}

impl Histogram {
    /// Records a time.
    pub(crate) fn record(&mut self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(bucket(nanos)) {
            *count += 1;
        }
        self.total += 1;
        self.max = self.max.max(nanos);
    }

    /// Adds what another one has seen.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        self.total += other.total;
        self.max = self.max.max(other.max);
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.counts.fill(0);
        (self.total, self.max) = (0, 0);
    }

    /// How many times were recorded.
    pub(crate) fn count(&self) -> u64 {
        self.total
    }

    /// The time that this share of all (0 to 1) did not exceed; zero when nothing was recorded.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let wanted = (self.total as f64 * share).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (at, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return Duration::from_nanos(upper(at).min(self.max));
            }
        }
        Duration::from_nanos(self.max)
    }

    /// The longest time.
    pub(crate) fn max(&self) -> Duration {
        Duration::from_nanos(self.max)
    }
}

fn bucket(value: u64) -> usize {
    let shift = (63 - PRECISION).saturating_sub(value.leading_zeros());
    (shift as usize) * PER_OCTAVE + (value >> shift) as usize
}

/// The largest value of a bucket.
fn upper(at: usize) -> u64 {
    let shift = (at / PER_OCTAVE).saturating_sub(1) as u32;
    let mantissa = (at - shift as usize * PER_OCTAVE) as u64;
    ((mantissa + 1) << shift).wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_two_percent() {
        let mut histogram = Histogram::default();
        (1..=100_000).for_each(|micros| histogram.record(Duration::from_micros(micros)));
        for share in [0.5, 0.95, 0.99, 0.999] {
            let (found, true_value) = (histogram.quantile(share).as_secs_f64() * 1e6, share * 100_000.0);
            assert!((found / true_value - 1.0).abs() < 0.02, "{share}: {found}");
        }
        assert_eq!(histogram.max(), Duration::from_micros(100_000));
    }

    #[test]
    fn every_value_has_a_bucket_whose_bound_holds_it() {
        for value in [0, 1, 63, 64, 65, 127, 128, 129, 1 << 20, (1 << 20) + 12345, u64::MAX] {
            let at = bucket(value);
            assert!(at < BUCKETS);
            assert!(upper(at) >= value, "{value}");
            assert!(at == 0 || upper(at - 1) < value, "{value}");
        }
    }

    #[test]
    fn an_empty_one_says_zero() {
        assert_eq!(Histogram::default().quantile(0.99), Duration::ZERO);
    }
}
