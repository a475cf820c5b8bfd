//! A circuit breaker: leaves a provider alone that keeps failing.
//!
//! Closed, it lets everything through. After [`FAILURES_TO_OPEN`] failures in
//! a row it opens and lets nothing through for [`OPEN_FOR`]; then it lets one
//! probe through, whose outcome closes it or opens it again. A probe that
//! never reports is forgotten after the same span.

use std::sync::{Mutex, PoisonError};

use postern_core::time::{Span, Timestamp};

use crate::outcome::Outcome;

/// So many failures in a row open a breaker.
pub const FAILURES_TO_OPEN: u32 = 5;
/// So long an open breaker lets nothing through.
pub const OPEN_FOR: Span = Span::seconds(30);

/// The memory of one provider's failures. Times are passed in.
#[derive(Debug, Default)]
pub struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed { failures: u32 },
    Open { until: Timestamp },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

/// Whether an attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Yes.
    Go,
    /// Not for so long.
    Wait(Span),
}

impl Breaker {
    /// Asks for an attempt. A [`Admission::Go`] is followed by [`Breaker::report`].
    pub fn admit(&self, now: Timestamp) -> Admission {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Closed { .. } => Admission::Go,
            State::Open { until } if now < until => Admission::Wait(until.since(now)),
            State::Open { .. } => {
                *state = State::Open { until: now.plus(OPEN_FOR) };
                Admission::Go
            }
        }
    }

    /// Takes note of what came of an attempt. What concerns one message only is
    /// not a failure of the provider, so that nobody shuts it off for others by
    /// a recipient that is refused.
    pub fn report(&self, outcome: &Outcome, now: Timestamp) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = match *state {
            _ if !outcome.is_provider_failure() => State::default(),
            State::Closed { failures } if failures.saturating_add(1) < FAILURES_TO_OPEN => {
                State::Closed { failures: failures.saturating_add(1) }
            }
            _ => State::Open { until: now.plus(OPEN_FOR) },
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Reason;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    fn failing() -> Outcome {
        Outcome::retry("no connection")
    }

    fn opened_at(second: i64) -> Breaker {
        let breaker = Breaker::default();
        for _ in 0..FAILURES_TO_OPEN {
            assert_eq!(breaker.admit(at(second)), Admission::Go);
            breaker.report(&failing(), at(second));
        }
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it() {
        let breaker = opened_at(100);
        assert_eq!(breaker.admit(at(110)), Admission::Wait(Span::seconds(20)));
    }

    #[test]
    fn a_success_or_a_refused_message_between_failures_keeps_it_closed() {
        let breaker = Breaker::default();
        for round in 0..20 {
            let greylisted = Reason::new("greylisted").about_message();
            let outcome = match round % 4 {
                0 => Outcome::next("no route"),
                1 => Outcome::accepted(None, "queued"),
                2 => Outcome::Retry { reason: greylisted, after: None },
                _ => failing(),
            };
            assert_eq!(breaker.admit(at(0)), Admission::Go);
            breaker.report(&outcome, at(0));
        }
    }

    #[test]
    fn recipients_in_trouble_never_open_it() {
        let breaker = Breaker::default();
        for _ in 0..20 {
            let reason = Reason::new("greylisted").about_message();
            breaker.report(&Outcome::Retry { reason, after: None }, at(0));
        }
        assert_eq!(breaker.admit(at(0)), Admission::Go);
    }

    #[test]
    fn one_probe_goes_through_after_the_span_and_closes_it_when_it_succeeds() {
        let breaker = opened_at(100);
        assert_eq!(breaker.admit(at(130)), Admission::Go);
        assert_eq!(breaker.admit(at(130)), Admission::Wait(OPEN_FOR));
        breaker.report(&Outcome::accepted(None, "queued"), at(131));
        assert_eq!(breaker.admit(at(131)), Admission::Go);
    }

    #[test]
    fn a_failed_probe_opens_it_again_and_a_lost_one_is_forgotten() {
        let breaker = opened_at(100);
        assert_eq!(breaker.admit(at(130)), Admission::Go);
        breaker.report(&failing(), at(140));
        assert_eq!(breaker.admit(at(169)), Admission::Wait(Span::seconds(1)));
        assert_eq!(breaker.admit(at(170)), Admission::Go);
        assert_eq!(breaker.admit(at(199)), Admission::Wait(Span::seconds(1)));
        assert_eq!(breaker.admit(at(200)), Admission::Go);
    }
}
