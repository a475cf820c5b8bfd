//! The clock. Time enters the program here and is passed on as a value.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use postern_core::time::Timestamp;
use postern_http::web::app::Clock;

/// The time now.
#[expect(clippy::disallowed_methods, reason = "this is where time enters")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// The clock for parts that read it more than once.
pub(crate) fn system() -> Clock {
    Arc::new(now)
}
