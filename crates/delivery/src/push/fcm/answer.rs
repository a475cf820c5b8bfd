//! What Firebase's answer means for the message.
//!
//! Only `UNREGISTERED` says that the application is gone. That a token belongs to another project says as much of the
//! credentials as of the device, so it unpairs nobody.

use postern_core::time::Span;
use serde::Deserialize;

use crate::http::{Answer, by_status};
use crate::outcome::{Outcome, Reason};

/// As Google asks where it names no wait: too many requests within a minute.
const QUOTA_WAIT: Span = Span::minutes(1);

#[derive(Deserialize)]
struct Sent {
    name: String,
}

#[derive(Deserialize)]
struct Refused {
    error: Fault,
}

#[derive(Deserialize)]
struct Fault {
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(rename = "errorCode")]
    code: Option<String>,
}

pub(super) fn outcome(answer: &Answer) -> Outcome {
    if answer.is_success() {
        let sent: Option<Sent> = answer.json();
        return Outcome::accepted(sent.as_ref().map(|sent| sent.name.as_str()), "sent");
    }
    let after = answer.retry_after;
    match code(answer).as_deref() {
        Some("UNREGISTERED") => Outcome::gone("FCM UNREGISTERED: the application was removed"),
        Some("INVALID_ARGUMENT") => {
            Outcome::reject("FCM INVALID_ARGUMENT: the token or the message is not valid")
        }
        Some("SENDER_ID_MISMATCH") => {
            Outcome::reject("FCM SENDER_ID_MISMATCH: the token belongs to another project")
        }
        Some("QUOTA_EXCEEDED") => Outcome::Retry {
            reason: Reason::new("FCM QUOTA_EXCEEDED: too many messages"),
            after: after.or(Some(QUOTA_WAIT)),
        },
        Some("UNAVAILABLE") => {
            Outcome::Retry { reason: Reason::new("FCM UNAVAILABLE: service unavailable"), after }
        }
        Some("INTERNAL") => Outcome::Retry { reason: Reason::new("FCM INTERNAL: internal error"), after },
        Some("THIRD_PARTY_AUTH_ERROR") => {
            Outcome::misconfigured("FCM THIRD_PARTY_AUTH_ERROR: the project lacks Apple's key")
        }
        _ => by_status(answer),
    }
}

/// Whether it is the access token that is refused.
pub(super) fn refuses_token(answer: &Answer) -> bool {
    answer.status == 401 && code(answer).as_deref() != Some("THIRD_PARTY_AUTH_ERROR")
}

fn code(answer: &Answer) -> Option<String> {
    let refused: Refused = answer.json()?;
    refused.error.details.into_iter().find_map(|detail| detail.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, code: &str) -> Answer {
        let body = format!(
            r#"{{"error":{{"code":{status},"message":"m","status":"S","details":[
               {{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[]}},
               {{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"{code}"}}]}}}}"#
        );
        Answer { status, retry_after: None, body: body.into_bytes() }
    }

    #[test]
    fn every_code_of_the_contract_has_its_outcome() {
        for (status, code, expected) in [
            (400, "INVALID_ARGUMENT", "reject"),
            (404, "UNREGISTERED", "gone"),
            (403, "SENDER_ID_MISMATCH", "reject"),
            (429, "QUOTA_EXCEEDED", "retry"),
            (503, "UNAVAILABLE", "retry"),
            (500, "INTERNAL", "retry"),
            (401, "THIRD_PARTY_AUTH_ERROR", "misconfigured"),
            (404, "SOMETHING_NEW", "misconfigured"),
            (400, "SOMETHING_NEW", "next"),
        ] {
            assert_eq!(outcome(&answer(status, code)).label(), expected, "{status} {code}");
        }
    }

    #[test]
    fn a_status_without_a_code_unpairs_nobody() {
        for (status, expected) in [
            (404, "misconfigured"),
            (401, "misconfigured"),
            (403, "misconfigured"),
            (400, "next"),
            (502, "retry"),
        ] {
            let answer = Answer { status, retry_after: None, body: b"<html>".to_vec() };
            assert_eq!(outcome(&answer).label(), expected, "{status}");
        }
    }

    #[test]
    fn too_many_messages_wait_a_minute_unless_google_says_otherwise() {
        let wait = |answer: &Answer| match outcome(answer) {
            Outcome::Retry { after, .. } => after,
            other => panic!("{other:?}"),
        };
        let mut busy = answer(429, "QUOTA_EXCEEDED");
        assert_eq!(wait(&busy), Some(Span::minutes(1)));
        busy.retry_after = Some(Span::seconds(7));
        assert_eq!(wait(&busy), Some(Span::seconds(7)));
    }

    #[test]
    fn a_key_of_apple_that_is_missing_is_not_cured_by_a_new_token() {
        assert!(!refuses_token(&answer(401, "THIRD_PARTY_AUTH_ERROR")));
        assert!(refuses_token(&Answer { status: 401, retry_after: None, body: Vec::new() }));
    }
}
