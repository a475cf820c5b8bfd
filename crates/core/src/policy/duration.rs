//! Lengths of time as policies write them: a number and its unit, kept as sent.

use serde::{Deserialize, Serialize};

use crate::schema::words;
use crate::time::Span;

words! {
    /// The unit of a length of time.
    pub enum TimeUnit {
        Seconds = "SECONDS",
        Minutes = "MINUTES",
        Hours = "HOURS",
        Days = "DAYS",
    }
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Duration {
    /// How many units.
    pub duration: i64,
    /// Which unit.
    pub time_unit: TimeUnit,
}

impl Duration {
    /// So many minutes.
    #[must_use]
    pub const fn minutes(duration: i64) -> Self {
        Self { duration, time_unit: TimeUnit::Minutes }
    }

    /// As a span.
    #[must_use]
    pub const fn span(self) -> Span {
        match self.time_unit {
            TimeUnit::Seconds => Span::seconds(self.duration),
            TimeUnit::Minutes => Span::minutes(self.duration),
            TimeUnit::Hours => Span::hours(self.duration),
            TimeUnit::Days => Span::days(self.duration),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_span_in_any_unit() {
        let spans =
            TimeUnit::ALL.iter().map(|unit| Duration { duration: 2, time_unit: *unit }.span().as_seconds());
        assert_eq!(spans.collect::<Vec<_>>(), [2, 120, 7200, 172_800]);
    }
}
