//! Connections that wait for the next mail.

use std::sync::{Mutex, PoisonError};

use postern_core::time::{Span, Timestamp};

/// So many connections wait at most.
const LIMIT: usize = 4;
/// So long a connection waits at most; servers commonly close them after minutes.
const LONGEST: Span = Span::seconds(60);

/// The waiting connections of one server, the freshest taken first.
pub(super) struct Idle<C>(Mutex<Vec<(C, Timestamp)>>);

impl<C> Default for Idle<C> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<C> Idle<C> {
    /// The connection that waits for the shortest time. Those that waited too
    /// long are dropped, which closes them.
    pub(super) fn take(&self, now: Timestamp) -> Option<C> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|(_, since)| now.since(*since) <= LONGEST);
        waiting.pop().map(|(connection, _)| connection)
    }

    /// Keeps a connection for the next mail.
    pub(super) fn put(&self, connection: C, now: Timestamp) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < LIMIT {
            waiting.push((connection, now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_freshest_is_taken_and_the_stale_are_dropped() {
        let idle = Idle::default();
        idle.put("old", Timestamp::from_seconds(0));
        idle.put("older", Timestamp::from_seconds(30));
        idle.put("fresh", Timestamp::from_seconds(60));
        let now = Timestamp::from_seconds(90);
        assert_eq!([idle.take(now), idle.take(now), idle.take(now)], [Some("fresh"), Some("older"), None]);
    }

    #[test]
    fn no_more_than_the_limit_wait() {
        let idle = Idle::default();
        (0..10).for_each(|number| idle.put(number, Timestamp::from_seconds(0)));
        let taken = std::iter::from_fn(|| idle.take(Timestamp::from_seconds(0))).count();
        assert_eq!(taken, LIMIT);
    }
}
