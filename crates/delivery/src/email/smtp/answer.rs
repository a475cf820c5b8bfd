//! What a server's reply means for the mail (RFC 5321, 4.2; RFC 3463).
//!
//! The step decides first: the same number means another thing for the sender
//! than for the recipient. Of the reply's words only the enhanced status code
//! is read.

use std::error::Error as _;

use lettre::transport::smtp::response::Response;

use super::connection::{Cause, Failure, Step};
use crate::http::OutboundError;
use crate::outcome::{Outcome, Reason};

/// Class, subject and detail of an enhanced status code, such as 5.1.1.
type Enhanced = (u16, u16, u16);

/// Accepted, with the queue id where the server names it in the usual words.
pub(super) fn accepted(response: &Response) -> Outcome {
    let text = response.message().collect::<Vec<_>>().join(" ");
    let id = text.split_once("queued as ").and_then(|(_, rest)| rest.split([' ', ',', ';']).next());
    Outcome::accepted(id, &response.code().to_string())
}

pub(super) fn outcome(failure: &Failure) -> Outcome {
    let error = match (&failure.cause, failure.step) {
        (Cause::Protocol(error), _) => error,
        (Cause::Unsupported, Step::Recipient) => {
            return Outcome::next("the server does not take international addresses");
        }
        (Cause::Unsupported, _) => return Outcome::next("the server does not take 8-bit content"),
    };
    if let Some(code) = error.status() {
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        return by_reply(failure.step, u16::from(code), enhanced(&words));
    }
    if let Some(rustls::Error::InvalidCertificate(_)) = crate::http::in_chain(error) {
        return OutboundError::Certificate.outcome();
    }
    match failure.step {
        _ if error.is_timeout() => OutboundError::Timeout.outcome(),
        Step::Connect if error.is_client() => Outcome::misconfigured("the server does not offer STARTTLS"),
        Step::SignOn if error.is_client() => {
            Outcome::misconfigured("the server offers no known way to sign on")
        }
        Step::Connect => OutboundError::Connect.outcome(),
        _ => OutboundError::Broken.outcome(),
    }
}

fn by_reply(step: Step, code: u16, enhanced: Option<Enhanced>) -> Outcome {
    let say = |words| {
        let reason = Reason::numbered("SMTP", u32::from(code), words);
        match step {
            Step::Recipient | Step::Content => reason.about_message(),
            Step::Connect | Step::SignOn | Step::Sender => reason,
        }
    };
    let retry = |words| Outcome::Retry { reason: say(words), after: None };
    let next = |words| Outcome::Next { reason: say(words) };
    let reject = |words| Outcome::Reject { reason: say(words) };
    let misconfigured = |words| Outcome::Misconfigured { reason: say(words) };
    match (step, code, enhanced) {
        (_, ..=499, _) => retry("not now"),
        (Step::SignOn, ..) => misconfigured("sign-on was refused"),
        (_, 530 | 534 | 535 | 538, _) => misconfigured("the server wants us to sign on"),
        (Step::Connect, ..) => next("the server refused the connection"),
        (Step::Sender, ..) => misconfigured("the sender was refused"),
        (Step::Recipient, _, Some((_, 7, _))) => misconfigured("the server does not relay to the recipient"),
        (_, _, Some((_, 1, 7 | 8))) => misconfigured("the sender was refused"),
        (_, _, Some((_, 1 | 2, _))) => reject("the recipient was refused"),
        (Step::Recipient, 501 | 550 | 551 | 553 | 556, _) => reject("the recipient was refused"),
        (Step::Content, 552, _) => reject("the mail is too large"),
        (Step::Content, _, Some((_, 3, 4))) => reject("the mail is too large"),
        (Step::Recipient, ..) => next("the recipient was refused"),
        (Step::Content, ..) => next("the content was refused"),
    }
}

fn enhanced(words: &str) -> Option<Enhanced> {
    let mut parts = words.split_whitespace().next()?.split('.').map(str::parse::<u16>);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(class)), Some(Ok(subject)), Some(Ok(detail)), None) => Some((class, subject, detail)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_and_reply_has_its_outcome() {
        use Step::{Connect, Content, Recipient, Sender, SignOn};
        for (step, code, words, expected) in [
            (Connect, 421, "busy", "retry"),
            (Connect, 554, "5.7.1 no", "next"),
            (SignOn, 454, "4.7.0 temporary", "retry"),
            (SignOn, 535, "5.7.8 wrong", "misconfigured"),
            (SignOn, 504, "", "misconfigured"),
            (Sender, 451, "", "retry"),
            (Sender, 530, "5.7.0 sign on", "misconfigured"),
            (Sender, 550, "5.7.1 not yours", "misconfigured"),
            (Recipient, 450, "4.2.0 greylisted", "retry"),
            (Recipient, 452, "4.2.2 full", "retry"),
            (Recipient, 550, "5.1.1 <pat@example.com> unknown", "reject"),
            (Recipient, 550, "no such user", "reject"),
            (Recipient, 551, "", "reject"),
            (Recipient, 552, "5.2.2 full", "reject"),
            (Recipient, 553, "", "reject"),
            (Recipient, 556, "5.1.10 null MX", "reject"),
            (Recipient, 554, "5.7.1 relay denied", "misconfigured"),
            (Recipient, 550, "5.7.1 relay denied", "misconfigured"),
            (Recipient, 554, "", "next"),
            (Recipient, 530, "", "misconfigured"),
            (Content, 451, "", "retry"),
            (Content, 552, "", "reject"),
            (Content, 554, "5.3.4 too big", "reject"),
            (Content, 550, "5.7.1 looks like spam", "next"),
            (Content, 554, "", "next"),
            (Content, 550, "5.1.1 unknown", "reject"),
            (Content, 550, "5.1.8 bad sender", "misconfigured"),
        ] {
            let outcome = by_reply(step, code, enhanced(words));
            assert_eq!(outcome.label(), expected, "{step:?} {code} {words}");
            let reason = outcome.reason().unwrap().as_str();
            assert!(reason.starts_with(&format!("SMTP {code}: ")), "{reason}");
            assert!(!reason.contains("pat@"), "{reason}");
        }
    }

    #[test]
    fn only_three_numbers_make_an_enhanced_code() {
        assert_eq!(enhanced("5.1.1 x"), Some((5, 1, 1)));
        for words in ["", "5.1", "5.1.1.1 x", "a.b.c", "no such user"] {
            assert_eq!(enhanced(words), None, "{words}");
        }
    }

    #[test]
    fn the_queue_id_is_kept_where_it_is_named() {
        for (reply, expected) in [
            ("250 2.0.0 Ok: queued as 4XkzP13\r\n", Some("4XkzP13")),
            ("250 OK\r\n", None),
            ("250 2.0.0 Ok, queued as ABC, thanks\r\n", Some("ABC")),
        ] {
            let response: Response = reply.parse().unwrap();
            assert_eq!(accepted(&response), Outcome::accepted(expected, "250"), "{reply}");
        }
    }
}
