//! The `Retry-After` header: seconds or a date (RFC 9110, section 10.2.3).

use postern_core::time::{Span, Timestamp};

const LONGEST: i64 = 3600;

/// How long to wait, between nothing and an hour.
pub(super) fn parse(value: &str, now: Timestamp) -> Option<Span> {
    let value = value.trim();
    let seconds = match value.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let date = jiff::fmt::rfc2822::parse(value).ok()?;
            date.timestamp().as_second().saturating_sub(now.seconds())
        }
    };
    Some(Span::seconds(seconds.clamp(0, LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read_and_bounded() {
        let now = Timestamp::from_seconds(784_111_717); // 1994-11-06T08:48:37Z
        for (value, expected) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("-5", Some(0)),
            ("999999", Some(3600)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse(value, now), expected.map(Span::seconds), "{value}");
        }
    }
}
