//! The only place that reads the clock.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use postern_core::time::Timestamp;

/// The monotonic clock.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The wall clock.
pub(crate) fn wall() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}
