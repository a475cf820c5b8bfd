//! How far a time-based key was used: the last step that counted and the error of the device's clock.

use serde::{Deserialize, Serialize};

use super::drift;
use super::hotp::CodeMaker;
use super::window::Window;
use crate::time::Timestamp;

/// What is remembered of a time-based key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TimeUse {
    /// The first step that may still count: one after the last that did.
    pub next: u64,
    /// By how many steps the device's clock was ahead of ours when it last counted.
    pub drift: i64,
}

impl TimeUse {
    /// Checks a code. A right one moves the state on, so that neither it nor an older one counts again.
    ///
    /// A code that stands at several steps of the window by chance uses up all of them, and the code that counted last
    /// does not count again even where it stands at a later step.
    pub fn accept(&mut self, maker: &CodeMaker, code: &str, window: Window, now: i64) -> bool {
        let found = maker.find(code, window, self.next);
        let repeated = self.next.checked_sub(1).is_some_and(|last| maker.is_at(code, last));
        match found.filter(|_| !repeated) {
            Some(found) => {
                self.used(found.last, now);
                true
            }
            None => false,
        }
    }

    /// The step counted.
    pub(super) fn used(&mut self, step: u64, now: i64) {
        self.next = step.saturating_add(1);
        self.drift = drift::observed(now, step);
    }
}

/// Seconds of a step of authenticator applications.
pub const STEP: i64 = 30;

/// Checks a code of an authenticator application: within `grace` steps of our clock or of its own as it was last seen.
pub fn accept(state: &mut TimeUse, maker: &CodeMaker, code: &str, now: Timestamp, grace: i64) -> bool {
    let step = drift::step_at(now, STEP);
    let accepted = state.accept(maker, code, drift::within_grace(step, state.drift, grace), step);
    if accepted {
        state.drift = drift::bounded(state.drift, grace);
    }
    accepted
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::oath::hotp::{Digits, HashAlgorithm};

    const NOW: i64 = 1_800_000_000;

    fn maker() -> CodeMaker {
        CodeMaker::new(b"12345678901234567890", HashAlgorithm::HmacSha1, Digits::Six)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(NOW + seconds)
    }

    fn code(seconds: i64) -> String {
        maker().code((NOW + seconds).unsigned_abs() / 30).expose().clone()
    }

    #[test]
    fn codes_count_for_five_windows_each_way() {
        for seconds in [-150, -30, 0, 30, 150] {
            assert!(accept(&mut TimeUse::default(), &maker(), &code(seconds), at(0), 5), "{seconds}");
        }
        for seconds in [-180, 180] {
            assert!(!accept(&mut TimeUse::default(), &maker(), &code(seconds), at(0), 5), "{seconds}");
        }
        assert!(!accept(&mut TimeUse::default(), &maker(), &code(60), at(0), 1));
    }

    #[test]
    fn a_code_counts_once_and_older_ones_do_not_count_after_it() {
        let mut state = TimeUse::default();
        assert!(accept(&mut state, &maker(), &code(0), at(0), 5));
        assert!(!accept(&mut state, &maker(), &code(0), at(0), 5));
        assert!(!accept(&mut state, &maker(), &code(-30), at(0), 5));
        assert!(accept(&mut state, &maker(), &code(30), at(0), 5));
    }

    #[test]
    fn a_clock_that_goes_wrong_slowly_is_followed_as_far_as_the_grace_goes() {
        let mut state = TimeUse::default();
        assert!(accept(&mut state, &maker(), &code(120), at(0), 5));
        assert_eq!(state.drift, 4);
        assert!(accept(&mut state, &maker(), &code(600 + 270), at(600), 5), "nine windows ahead of us");
        assert_eq!(state.drift, 5, "it is not followed further than the grace");
        assert!(accept(&mut state, &maker(), &code(1200), at(1200), 5), "a clock that was set right counts");
        assert_eq!(state.drift, 0);
    }

    proptest! {
        #[test]
        fn no_code_counts_twice(
            tries in prop::collection::vec((0_i64..40, -12_i64..12), 1..60),
            grace in 1_i64..=10,
        ) {
            let (mut state, mut used, mut now) = (TimeUse::default(), HashSet::new(), 0);
            for (pause, ahead) in tries {
                now += pause;
                let step = drift::step_at(at(now), STEP) + ahead;
                let code = maker().code(step.unsigned_abs());
                if accept(&mut state, &maker(), code.expose(), at(now), grace) {
                    prop_assert!(used.insert(step), "step {} counted twice", step);
                    prop_assert!(ahead.abs() <= 2 * grace);
                    prop_assert!(state.drift.abs() <= grace);
                }
            }
        }
    }
}
