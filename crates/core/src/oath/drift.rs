//! Clocks that go wrong: which time steps count for a clock whose error was seen before, and how far a found code was off.

use super::window::Window;
use crate::time::Timestamp;

/// The number of the time step at this moment (RFC 6238, 4.2). `length` is in seconds, 1 or more.
#[must_use]
pub const fn step_at(now: Timestamp, length: i64) -> i64 {
    let seconds = now.seconds();
    if length < 1 || seconds < 0 { 0 } else { seconds / length }
}

/// The steps within `grace` of our clock, and those within `grace` of the device's clock as it was last seen.
///
/// Our own clock always counts, as policies promise it; an error larger than `grace` is not followed, so there are
/// never more than `3 * grace + 1` steps.
#[must_use]
pub fn within_grace(now: i64, drift: i64, grace: i64) -> Window {
    let drift = bounded(drift, grace);
    Window::between(now + drift.min(0) - grace, now + drift.max(0) + grace)
}

/// The steps within `grace` of the device's clock as it was last seen, however wrong it is.
#[must_use]
pub const fn around(now: i64, drift: i64, grace: i64) -> Window {
    let centre = now.saturating_add(drift);
    Window::between(centre.saturating_sub(grace), centre.saturating_add(grace))
}

/// By how many steps the device's clock is ahead when it shows this one.
#[must_use]
pub fn observed(now: i64, step: u64) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX).saturating_sub(now)
}

/// The error cut to what is followed.
#[must_use]
pub fn bounded(drift: i64, most: i64) -> i64 {
    drift.clamp(-most.max(0), most.max(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps_begin_with_the_epoch() {
        assert_eq!(step_at(Timestamp::from_seconds(59), 30), 1);
        assert_eq!(step_at(Timestamp::from_seconds(60), 30), 2);
        assert_eq!(step_at(Timestamp::from_seconds(-1), 30), 0);
        assert_eq!(step_at(Timestamp::from_seconds(59), 0), 0);
    }

    #[test]
    fn a_clock_that_is_ahead_widens_the_window_ahead_only() {
        assert!(within_grace(100, 0, 5).positions().eq(95..=105));
        assert!(within_grace(100, 3, 5).positions().eq(95..=108));
        assert!(within_grace(100, -4, 5).positions().eq(91..=105));
        assert!(within_grace(100, 900, 5).positions().eq(95..=110));
        assert!(around(100, 50, 2).positions().eq(148..=152));
    }

    proptest! {
        #[test]
        fn our_clock_always_counts_and_the_window_is_bounded(now in 0_i64..4_000_000_000, drift: i64, grace in 1_i64..=10) {
            let window = within_grace(now, drift, grace);
            prop_assert!(window.size() <= 3 * grace.unsigned_abs() + 1);
            for step in (now - grace).max(0)..=now + grace {
                prop_assert!(window.positions().any(|position| position == step.unsigned_abs()));
            }
        }
    }
}
