//! What a gateway's status means for the message. Its body is not read: every
//! gateway has words of its own.

use crate::http::Answer;
use crate::outcome::{Outcome, Reason};

pub(super) fn outcome(answer: &Answer) -> Outcome {
    let reason = Reason::http_status(answer.status);
    match answer.status {
        200..=299 => Outcome::accepted(None, &answer.status.to_string()),
        408 | 425 | 429 | 500.. => Outcome::Retry { reason, after: answer.retry_after },
        // A redirect is not followed: the configured address is wrong.
        300..=399 | 401 | 403 | 407 => Outcome::Misconfigured { reason },
        _ => Outcome::Next { reason },
    }
}

#[cfg(test)]
mod tests {
    use postern_core::time::Span;

    use super::*;

    #[test]
    fn every_status_has_its_outcome() {
        for (status, expected) in [
            (200, "accepted"),
            (201, "accepted"),
            (202, "accepted"),
            (204, "accepted"),
            (301, "misconfigured"),
            (307, "misconfigured"),
            (400, "next"),
            (401, "misconfigured"),
            (402, "next"),
            (403, "misconfigured"),
            (404, "next"),
            (407, "misconfigured"),
            (408, "retry"),
            (409, "next"),
            (422, "next"),
            (425, "retry"),
            (429, "retry"),
            (500, "retry"),
            (501, "retry"),
            (503, "retry"),
            (599, "retry"),
        ] {
            let answer = Answer { status, retry_after: Some(Span::seconds(9)), body: Vec::new() };
            let outcome = outcome(&answer);
            assert_eq!(outcome.label(), expected, "{status}");
            if let Outcome::Retry { after, .. } = outcome {
                assert_eq!(after, Some(Span::seconds(9)));
            }
        }
    }
}
