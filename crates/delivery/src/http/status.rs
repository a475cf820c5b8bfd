//! What an HTTP status means where the peer gave no better word.

use super::Answer;
use crate::outcome::{Outcome, Reason};

/// The outcome by status alone, of an answer that is not a success.
pub(crate) fn outcome(answer: &Answer) -> Outcome {
    let reason = Reason::http_status(answer.status);
    match answer.status {
        408 | 425 | 429 | 500.. => Outcome::Retry { reason, after: answer.retry_after },
        // A redirect or an unknown path: the address of the API is wrong.
        300..=399 | 401 | 403 | 404 => Outcome::Misconfigured { reason },
        _ => Outcome::Next { reason },
    }
}
