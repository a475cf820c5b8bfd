//! What Twilio's answer to a new message or call means.
//!
//! The error number decides where it is known; otherwise the HTTP status.

use postern_core::time::Span;
use serde::Deserialize;

use super::codes::{Meaning, is_about_recipient, meaning};
use crate::http::{Answer, by_status};
use crate::outcome::{Outcome, Reason};

#[derive(Deserialize, Default)]
struct Created {
    sid: Option<String>,
    status: Option<String>,
    error_code: Option<u32>,
}

#[derive(Deserialize, Default)]
struct Refused {
    code: Option<u32>,
}

pub(super) fn outcome(answer: &Answer) -> Outcome {
    if answer.is_success() {
        return created(&answer.json().unwrap_or_default());
    }
    let refused: Refused = answer.json().unwrap_or_default();
    let asked = refused.code.and_then(|code| by_number(code, answer.retry_after));
    asked.unwrap_or_else(|| by_status(answer))
}

/// A created resource may be born failed.
fn created(created: &Created) -> Outcome {
    if !created.status.as_deref().is_some_and(is_failed) {
        return known(created.sid.as_deref(), created.status.as_deref());
    }
    let told = created.error_code.and_then(|code| by_number(code, None));
    told.unwrap_or(Outcome::next("Twilio could not send it"))
}

/// A message that Twilio has, by its id and state.
pub(super) fn known(sid: Option<&str>, status: Option<&str>) -> Outcome {
    let status = status.filter(|word| is_word(word)).unwrap_or("accepted");
    Outcome::accepted(sid.filter(|sid| is_sid(sid)), status)
}

/// Whether a message of this state will not arrive.
pub(super) fn is_failed(status: &str) -> bool {
    matches!(status, "failed" | "undelivered" | "canceled")
}

/// As Twilio writes states: `queued`, `in-progress`.
fn is_word(text: &str) -> bool {
    text.len() <= 32 && text.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '_'))
}

/// As Twilio writes ids: two letters, then hexadecimal digits.
fn is_sid(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(|c| c.is_ascii_alphanumeric())
}

fn by_number(code: u32, after: Option<Span>) -> Option<Outcome> {
    let (meaning, words) = meaning(code)?;
    let reason = Reason::numbered("Twilio", code, words);
    let reason = if is_about_recipient(code) { reason.about_message() } else { reason };
    Some(match meaning {
        Meaning::Retry => Outcome::Retry { reason, after },
        Meaning::Next => Outcome::Next { reason },
        Meaning::Reject => Outcome::Reject { reason },
        Meaning::Misconfigured => Outcome::Misconfigured { reason },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(status: u16, body: &str) -> &'static str {
        outcome(&Answer { status, retry_after: None, body: body.into() }).label()
    }

    #[test]
    fn every_status_has_its_outcome() {
        for (status, expected) in [
            (200, "accepted"),
            (201, "accepted"),
            (301, "misconfigured"),
            (302, "misconfigured"),
            (400, "next"),
            (401, "misconfigured"),
            (403, "misconfigured"),
            (404, "misconfigured"),
            (408, "retry"),
            (409, "next"),
            (425, "retry"),
            (429, "retry"),
            (500, "retry"),
            (502, "retry"),
            (503, "retry"),
            (504, "retry"),
        ] {
            assert_eq!(label(status, ""), expected, "{status}");
            assert_eq!(label(status, r#"{"code":999999}"#), expected, "{status}");
        }
    }

    #[test]
    fn every_number_of_the_contract_has_its_outcome() {
        for (code, expected) in [
            (20003, "misconfigured"),
            (20429, "retry"),
            (21211, "reject"),
            (21408, "next"),
            (21606, "next"),
            (21608, "misconfigured"),
            (21609, "misconfigured"),
            (21610, "reject"),
            (21612, "next"),
            (21614, "next"),
            (30001, "retry"),
            (30002, "misconfigured"),
            (30003, "retry"),
            (30004, "next"),
            (30005, "reject"),
            (30006, "reject"),
            (30007, "next"),
            (30008, "retry"),
            (30010, "next"),
        ] {
            assert_eq!(label(400, &format!(r#"{{"code":{code},"message":"x"}}"#)), expected, "{code}");
            let born_failed = format!(r#"{{"sid":"SM1","status":"failed","error_code":{code}}}"#);
            assert_eq!(label(201, &born_failed), expected, "{code} with a created message");
        }
    }

    #[test]
    fn the_wait_twilio_asks_for_is_kept() {
        let answer =
            Answer { status: 429, retry_after: Some(Span::seconds(7)), body: br#"{"code":20429}"#.to_vec() };
        let Outcome::Retry { after, .. } = outcome(&answer) else { panic!("a retry") };
        assert_eq!(after, Some(Span::seconds(7)));
    }

    #[test]
    fn a_created_message_without_a_readable_body_is_still_accepted() {
        let answer = Answer { status: 201, retry_after: None, body: b"{\"sid\":\"SM".to_vec() };
        assert_eq!(outcome(&answer), Outcome::Accepted { reference: None, status: "accepted".into() });
    }
}
