//! What Huawei's answer means for the message: the code decides, not the status.
//!
//! Huawei says the same of a token whose application was removed as of one that belongs to another application. So a
//! device is only given up by credentials that have reached a device before.

use serde::Deserialize;

use crate::http::{Answer, by_status};
use crate::outcome::{Outcome, Reason};

#[derive(Deserialize)]
struct Told {
    code: String,
    #[serde(rename = "requestId")]
    request: Option<String>,
}

/// `proven`: whether the credentials have reached a device before.
pub(super) fn outcome(answer: &Answer, proven: bool) -> Outcome {
    let Some(told) = answer.json::<Told>() else {
        return unreadable(answer);
    };
    let again = |words| Outcome::Retry { reason: Reason::new(words), after: answer.retry_after };
    match told.code.as_str() {
        "80000000" => Outcome::accepted(told.request.as_deref(), "sent"),
        "80300007" if proven => Outcome::gone("HMS 80300007: the application was removed"),
        "80300007" => Outcome::reject("HMS 80300007: the token is not one of this application"),
        "80100000" => Outcome::reject("HMS 80100000: the token is not valid"),
        "80100001" | "80100003" | "80100004" | "80100013" => Outcome::reject("HMS: the message is not valid"),
        "80100016" => Outcome::reject("HMS 80100016: the text has words that Huawei does not carry"),
        "80300008" => Outcome::reject("HMS 80300008: the message is too large"),
        "80300010" => Outcome::reject("HMS 80300010: there is no token"),
        "80200001" | "80200003" => Outcome::misconfigured("HMS: the client is not the application's"),
        "80300002" => Outcome::misconfigured("HMS 80300002: the client may not send to the application"),
        "80600003" => again("HMS 80600003: the token could not be looked at"),
        "81000001" => again("HMS 81000001: internal error"),
        _ => unreadable(answer),
    }
}

/// An answer without a known code. A success that is not said to be one is not taken for one.
fn unreadable(answer: &Answer) -> Outcome {
    if answer.is_success() { Outcome::next("HMS: an answer without a known code") } else { by_status(answer) }
}

/// Whether it is the access token that is refused.
pub(super) fn refuses_token(answer: &Answer) -> bool {
    let told = answer.json::<Told>();
    answer.status == 401 || told.is_some_and(|told| matches!(told.code.as_str(), "80200001" | "80200003"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, code: &str, proven: bool) -> &'static str {
        let body = format!(r#"{{"code":"{code}","msg":"m","requestId":"r1"}}"#).into_bytes();
        outcome(&Answer { status, retry_after: None, body }, proven).label()
    }

    #[test]
    fn every_code_has_its_outcome() {
        for (status, code, expected) in [
            (200, "80000000", "accepted"),
            (200, "80100000", "reject"),
            (400, "80100001", "reject"),
            (400, "80100003", "reject"),
            (400, "80100016", "reject"),
            (401, "80200001", "misconfigured"),
            (401, "80200003", "misconfigured"),
            (400, "80300002", "misconfigured"),
            (200, "80300007", "gone"),
            (400, "80300008", "reject"),
            (500, "80600003", "retry"),
            (500, "81000001", "retry"),
            (503, "99999999", "retry"),
            (200, "99999999", "next"),
            (404, "99999999", "misconfigured"),
        ] {
            assert_eq!(told(status, code, true), expected, "{status} {code}");
        }
    }

    #[test]
    fn credentials_that_never_reached_a_device_give_none_up() {
        assert_eq!(told(200, "80300007", false), "reject");
    }
}
