//! When a message is tried again.

use postern_core::random::Random;
use postern_core::time::{Span, Timestamp};

/// The waits after each round in which nobody took the message; the last one repeats.
const STEPS: [Span; 5] =
    [Span::seconds(1), Span::seconds(4), Span::seconds(15), Span::minutes(1), Span::minutes(5)];
/// With less time left than this, it is given up.
const TOO_LATE: Span = Span::seconds(2);

/// When to try again after the round `round` (from 1), or nothing when that would be too late.
///
/// What a provider `asked` for is kept: if the message expires before, it is given up. A wait of our own is
/// shortened instead, so that the time that is left is used.
pub(super) fn next(
    random: &Random,
    round: usize,
    asked: Option<Span>,
    now: Timestamp,
    expires_at: Timestamp,
) -> Option<Timestamp> {
    let left = expires_at.since(now);
    if left < TOO_LATE {
        return None;
    }
    let wait = match asked {
        Some(asked) => jittered(random, asked).max(asked),
        None => jittered(random, step(round)).min(Span::micros(left.as_micros() / 2)),
    };
    let due = now.plus(wait);
    (due < expires_at).then_some(due)
}

fn step(round: usize) -> Span {
    let [.., last] = STEPS;
    STEPS.get(round.saturating_sub(1)).copied().unwrap_or(last)
}

/// The span give or take a fifth, so that messages that failed together are not tried again together.
fn jittered(random: &Random, span: Span) -> Span {
    let thousandths = 800 + i64::from(random.below(401));
    Span::micros((span.as_micros() / 1000).saturating_mul(thousandths))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn wait(round: usize, asked: Option<Span>, left: Span) -> Option<Span> {
        let random = Random::seeded(round as u64);
        next(&random, round, asked, NOW, NOW.plus(left)).map(|due| due.since(NOW))
    }

    #[test]
    fn waits_grow_and_vary_by_a_fifth() {
        for (round, seconds) in [(1, 1), (2, 4), (3, 15), (4, 60), (5, 300), (6, 300), (60, 300)] {
            let wait = wait(round, None, Span::hours(24)).unwrap();
            let (least, most) = (Span::millis(seconds * 800), Span::millis(seconds * 1200));
            assert!(least <= wait && wait <= most, "{round}: {wait:?}");
        }
    }

    #[test]
    fn the_time_that_is_left_is_used_up_to_the_end() {
        assert_eq!(wait(5, None, Span::seconds(20)), Some(Span::seconds(10)));
        assert_eq!(wait(5, None, Span::seconds(1)), None);
        assert_eq!(wait(1, None, Span::seconds(-5)), None);
    }

    #[test]
    fn what_a_provider_asks_for_is_kept_or_the_message_given_up() {
        let kept = wait(1, Some(Span::seconds(30)), Span::minutes(5)).unwrap();
        assert!(kept >= Span::seconds(30) && kept <= Span::seconds(36), "{kept:?}");
        assert_eq!(wait(1, Some(Span::hours(1)), Span::minutes(5)), None);
    }
}
