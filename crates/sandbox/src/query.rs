//! The query parameters of the inbox: `to`, `since`, `wait`, `limit`.

use std::time::Duration;

use postern_core::problem::Problem;
use postern_core::time::Timestamp;
use postern_http::web::call::Pairs;

use crate::inbox::{Since, Wanted};

/// Nobody waits longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How many messages are given when nothing is said, and how many at most.
const LIMIT: i64 = 100;
const HIGHEST_LIMIT: i64 = 1_000;

/// What is asked for and how long to wait for it; all that is wrong with it otherwise.
pub(crate) fn read(pairs: &Pairs) -> Result<(Wanted, Duration), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut note = |name: &'static str, words: &'static str| problems.push(Problem::invalid(name, words));
    let since = pairs.get("since").and_then(|text| {
        let since = since(text);
        if since.is_none() {
            note("since", "must be the id of a message or a point in time such as 2026-01-05T10:21:00Z");
        }
        since
    });
    let wait = pairs.get("wait").map_or(Some(Duration::ZERO), duration);
    if wait.is_none() {
        note("wait", "must be a duration such as 10s or 500ms");
    }
    let limit = pairs.get("limit").map_or(Some(LIMIT), |text| text.parse().ok().filter(|limit| *limit >= 1));
    if limit.is_none() {
        note("limit", "must be a number from 1");
    }
    match (wait, limit) {
        (Some(wait), Some(limit)) if problems.is_empty() => {
            let to = pairs.get("to").map(str::to_owned);
            Ok((Wanted { to, since, limit: limit.min(HIGHEST_LIMIT) }, wait.min(LONGEST_WAIT)))
        }
        _ => Err(problems),
    }
}

fn since(text: &str) -> Option<Since> {
    if let Ok(id) = postern_core::ids::parse_uuid(text) {
        return Some(id.into());
    }
    // An unescaped + of an offset arrives as a space.
    text.replace(' ', "+").parse::<Timestamp>().ok().map(Since::Moment)
}

fn duration(text: &str) -> Option<Duration> {
    if let Some(millis) = text.strip_suffix("ms") {
        return millis.parse().ok().map(Duration::from_millis);
    }
    text.strip_suffix('s').unwrap_or(text).parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_unless_they_say_otherwise() {
        assert_eq!(duration("10s"), Some(Duration::from_secs(10)));
        assert_eq!(duration("10"), Some(Duration::from_secs(10)));
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        for text in ["", "s", "-1s", "10m", "1e3", "99999999999999999999"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn since_is_a_message_or_a_moment() {
        let moment = Timestamp::from_seconds(1_767_608_460);
        assert_eq!(since("2026-01-05T10:21:00Z"), Some(Since::Moment(moment)));
        assert_eq!(since("2026-01-05T11:21:00 01:00"), Some(Since::Moment(moment)));
        assert!(matches!(since("0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"), Some(Since::Message(_))));
        assert_eq!(since("yesterday"), None);
    }
}
