//! What Meta's answer to a message means: the error number decides where it is known, otherwise the HTTP status.

use serde::Deserialize;

use super::codes::{Meaning, is_about_recipient, meaning};
use crate::http::{Answer, by_status};
use crate::outcome::{Outcome, Reason};

#[derive(Deserialize)]
struct Sent {
    messages: Vec<SentMessage>,
}

#[derive(Deserialize)]
struct SentMessage {
    id: String,
}

#[derive(Deserialize)]
struct Refused {
    error: Fault,
}

#[derive(Deserialize)]
struct Fault {
    code: u32,
}

pub(super) fn outcome(answer: &Answer) -> Outcome {
    if answer.is_success() {
        let sent: Option<Sent> = answer.json();
        let id = sent.and_then(|sent| sent.messages.into_iter().next()).map(|message| message.id);
        return Outcome::accepted(id.as_deref(), "accepted");
    }
    let refused: Option<Refused> = answer.json();
    let known = refused.and_then(|refused| {
        let code = refused.error.code;
        let (meaning, words) = meaning(code)?;
        let reason = Reason::numbered("WhatsApp", code, words);
        let reason = if is_about_recipient(code) { reason.about_message() } else { reason };
        Some(match meaning {
            Meaning::Retry => Outcome::Retry { reason, after: answer.retry_after },
            Meaning::Reject => Outcome::Reject { reason },
            Meaning::Misconfigured => Outcome::Misconfigured { reason },
        })
    });
    known.unwrap_or_else(|| by_status(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_that_matters_has_its_outcome() {
        for (status, code, expected) in [
            (401, 190, "misconfigured"),
            (403, 10, "misconfigured"),
            (400, 100, "misconfigured"),
            (429, 4, "retry"),
            (429, 80007, "retry"),
            (429, 130_429, "retry"),
            (429, 131_056, "retry"),
            (500, 131_000, "retry"),
            (503, 131_016, "retry"),
            (400, 131_026, "reject"),
            (400, 131_021, "reject"),
            (400, 131_009, "reject"),
            (400, 132_001, "misconfigured"),
            (400, 132_015, "misconfigured"),
            (403, 131_031, "misconfigured"),
            (400, 999_999, "next"),
            (500, 999_999, "retry"),
        ] {
            let body =
                format!(r#"{{"error":{{"message":"(#{code}) +1512","code":{code},"fbtrace_id":"t"}}}}"#);
            let answer = Answer { status, retry_after: None, body: body.into_bytes() };
            assert_eq!(outcome(&answer).label(), expected, "{status} {code}");
        }
    }

    #[test]
    fn a_number_that_may_not_be_written_to_yet_says_nothing_of_the_account() {
        let body = br#"{"error":{"code":131030}}"#.to_vec();
        assert!(!outcome(&Answer { status: 400, retry_after: None, body }).is_provider_failure());
    }
}
