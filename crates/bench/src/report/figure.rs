//! One figure of the table.

use std::time::Duration;

use serde::Serialize;

use crate::load::Outcome;

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    /// Calls in a second.
    PerSecond,
    /// Milliseconds.
    Milliseconds,
    /// Megabytes, of 1,000,000 bytes.
    Megabytes,
}

/// What the figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Budget {
    /// At least so much.
    Least(f64),
    /// At least so much, and at least this share of the limit.
    LeastAndShare(f64, f64),
    /// At most so much.
    Most(f64),
}

/// A figure.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) name: String,
    /// How much.
    pub(crate) value: f64,
    /// Of what.
    pub(crate) unit: Unit,
    /// The limit, measured in the same run, and what it is.
    pub(crate) limit: Option<(f64, String)>,
    /// What the figure should be.
    pub(crate) budget: Option<Budget>,
    /// Latencies and costs, when they were taken.
    pub(crate) detail: Option<Detail>,
    /// Calls that failed.
    pub(crate) errors: u64,
    /// The first failure.
    pub(crate) error: Option<String>,
}

/// What else was seen of a load.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Detail {
    /// Median of the calls, in milliseconds.
    pub(crate) p50_ms: f64,
    /// 95 of 100 calls took at most so long.
    pub(crate) p95_ms: f64,
    /// 99 of 100 calls.
    pub(crate) p99_ms: f64,
    /// The longest call.
    pub(crate) max_ms: f64,
    /// 99 of 100 exchanges, where a call has several.
    pub(crate) exchange_p99_ms: f64,
    /// Processor time of the server for a call, in microseconds.
    pub(crate) server_cpu_us: f64,
    /// Processor time of the load generator for a call, in microseconds.
    pub(crate) generator_cpu_us: f64,
    /// Calls that were counted.
    pub(crate) calls: u64,
}

impl Detail {
    /// From a load, and the processor time that server and generator used during all of it.
    pub(crate) fn of(outcome: &Outcome) -> Self {
        let times = &outcome.times;
        Self {
            p50_ms: ms(times.quantile(0.5)),
            p95_ms: ms(times.quantile(0.95)),
            p99_ms: ms(times.quantile(0.99)),
            max_ms: ms(times.max()),
            exchange_p99_ms: ms(outcome.exchanges.quantile(0.99)),
            server_cpu_us: 0.0,
            generator_cpu_us: 0.0,
            calls: times.count(),
        }
    }
}

/// Milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

impl Figure {
    /// A value without more.
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: Unit) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            limit: None,
            budget: None,
            detail: None,
            errors: 0,
            error: None,
        }
    }

    /// The rate of a load.
    pub(crate) fn rate(name: impl Into<String>, outcome: &Outcome) -> Self {
        Self {
            detail: Some(Detail::of(outcome)),
            errors: outcome.errors,
            error: outcome.error.clone(),
            ..Self::new(name, outcome.rate(), Unit::PerSecond)
        }
    }

    /// Beside a limit.
    pub(crate) fn beside(mut self, limit: f64, what: &str) -> Self {
        self.limit = Some((limit, what.to_owned()));
        self
    }

    /// With a budget.
    pub(crate) fn budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// The share of the limit.
    pub(crate) fn share(&self) -> Option<f64> {
        self.limit.as_ref().filter(|(limit, _)| *limit > 0.0).map(|(limit, _)| self.value / limit)
    }

    /// Whether the budget is met; nothing without one. A figure with failed calls, or without calls, meets none.
    pub(crate) fn met(&self) -> Option<bool> {
        let sound = self.errors == 0 && self.detail.is_none_or(|detail| detail.calls > 0);
        let held = match self.budget? {
            Budget::Least(least) => self.value >= least,
            Budget::LeastAndShare(least, share) => {
                self.value >= least && self.share().is_some_and(|found| found >= share)
            }
            Budget::Most(most) => self.value <= most,
        };
        Some(held && sound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_of_rate_and_share_needs_both() {
        let figure = |value| {
            Figure::new("x", value, Unit::PerSecond)
                .beside(20_000.0, "y")
                .budget(Budget::LeastAndShare(6_000.0, 0.4))
        };
        assert_eq!(figure(8_000.0).met(), Some(true));
        assert_eq!(figure(7_000.0).met(), Some(false));
        assert_eq!(Figure { errors: 1, ..figure(9_000.0) }.met(), Some(false));
        assert_eq!(Figure::new("x", 1.0, Unit::Megabytes).met(), None);
    }
}
