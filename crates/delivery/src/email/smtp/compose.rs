//! The mail itself: headers and body.
//!
//! Bodies are given as text, which gets proper line ends; a header value with
//! a line break is refused, so that nothing a person can choose adds a header
//! or a command.

use std::time::{Duration, SystemTime};

use lettre::address::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox as Named, Message, MultiPart, SinglePart};
use postern_core::notify::OutboundMessage;
use postern_core::notify::content::Mailbox;
use postern_core::time::Timestamp;

use crate::email::plain;
use crate::outcome::Outcome;
use crate::settings::SmtpSettings;

/// The mail for this message, or why there can be none.
pub(super) fn compose(
    settings: &SmtpSettings,
    message: &OutboundMessage,
    now: Timestamp,
) -> Result<Message, Outcome> {
    let subject = message.subject.as_deref().unwrap_or_default();
    if has_break(subject) || has_break(&message.to) {
        return Err(Outcome::reject("a header holds a line break"));
    }
    let to = address(&message.to).ok_or(Outcome::reject("the recipient's address is not valid"))?;
    let from = named(message.from.as_ref().unwrap_or(&settings.from));
    let from = from.ok_or(Outcome::misconfigured("the sender's address is not valid"))?;
    let id = format!("<{}@{}>", message.id, from.email.domain());
    let mut mail = Message::builder()
        .date(date(now))
        .message_id(Some(id))
        .from(from)
        .to(Named::new(None, to))
        .subject(subject)
        // RFC 3834: no automatic answers, please.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    if let Some(reply_to) = message.reply_to.as_ref().or(settings.reply_to.as_ref()) {
        let reply_to =
            named(reply_to).ok_or(Outcome::misconfigured("the address for answers is not valid"))?;
        mail = mail.reply_to(reply_to);
    }
    let text = with_plain_line_ends(&message.text);
    let built = if message.html {
        let boundary = format!("postern-{}", message.id);
        mail.multipart(
            MultiPart::alternative()
                .boundary(boundary)
                .singlepart(SinglePart::plain(plain::from_html(&text)))
                .singlepart(SinglePart::html(text)),
        )
    } else {
        mail.header(ContentType::TEXT_PLAIN).body(text)
    };
    built.map_err(|_| Outcome::reject("the mail cannot be composed"))
}

fn date(now: Timestamp) -> SystemTime {
    let seconds = u64::try_from(now.seconds()).unwrap_or_default();
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Every kind of line end as a line feed, which becomes the pair that mail
/// wants. A lone carriage return would otherwise stay, and some servers take
/// it for the end of a line and what follows for a command.
fn with_plain_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn has_break(text: &str) -> bool {
    text.contains(['\r', '\n', '\0'])
}

fn named(mailbox: &Mailbox) -> Option<Named> {
    let name = mailbox.name.clone().filter(|name| !name.is_empty());
    if name.as_deref().is_some_and(has_break) || has_break(&mailbox.address) {
        return None;
    }
    Some(Named::new(name, address(&mailbox.address)?))
}

/// An address, with an international domain in its ASCII form, which every
/// server takes.
fn address(text: &str) -> Option<Address> {
    let (user, domain) = text.trim().rsplit_once('@')?;
    let domain = match url::Host::parse(domain) {
        Ok(url::Host::Domain(ascii)) => ascii,
        _ => domain.to_owned(),
    };
    Address::new(user, domain).ok()
}

#[cfg(test)]
mod tests {
    use postern_core::notify::Channel;

    use super::*;
    use crate::fixture;
    use crate::settings::SmtpSecurity;

    fn settings() -> SmtpSettings {
        SmtpSettings {
            host: "mail.acme.example".to_owned(),
            port: 465,
            credentials: None,
            from: Mailbox { name: Some("Acme".into()), address: "no-reply@acme.example".into() },
            reply_to: Some(Mailbox { name: None, address: "help@acme.example".into() }),
            security: SmtpSecurity::ByPort,
            extra_roots_pem: None,
        }
    }

    fn message(to: &str, subject: &str, text: &str) -> OutboundMessage {
        let mut message = fixture::message(Channel::Email);
        (message.to, message.subject, message.text) =
            (to.to_owned(), Some(subject.to_owned()), text.to_owned());
        message
    }

    fn composed(message: &OutboundMessage) -> String {
        let mail = compose(&settings(), message, Timestamp::from_seconds(1_767_225_600)).unwrap();
        String::from_utf8(mail.formatted()).unwrap()
    }

    #[test]
    fn a_plain_mail_has_its_headers_and_text() {
        let message = message("pat@bücher.example", "Grüße", "Code 123456\nBye.");
        let mail = composed(&message);
        assert!(mail.contains("To: pat@xn--bcher-kva.example\r\n"), "{mail}");
        assert!(mail.contains("From: Acme <no-reply@acme.example>\r\n"), "{mail}");
        assert!(mail.contains("Reply-To: help@acme.example\r\n"), "{mail}");
        assert!(mail.contains(&format!("Message-ID: <{}@acme.example>\r\n", message.id)), "{mail}");
        assert!(mail.contains("Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"), "{mail}");
        assert!(mail.contains("Auto-Submitted: auto-generated\r\n"), "{mail}");
        assert!(mail.contains("Subject: =?utf-8?b?"), "{mail}");
        assert!(mail.ends_with("Code 123456\r\nBye."), "{mail}");
    }

    #[test]
    fn an_html_mail_has_its_words_beside_it() {
        let mut message = message("pat@example.com", "Code", "<p>Code <b>123456</b></p>");
        message.html = true;
        let mail = composed(&message);
        assert!(mail.contains("Content-Type: multipart/alternative;"), "{mail}");
        assert!(mail.contains("\r\nCode 123456\r\n"), "{mail}");
        assert!(mail.contains("<p>Code <b>123456</b></p>"), "{mail}");
    }

    #[test]
    fn the_senders_of_the_message_come_first() {
        let mut message = message("pat@example.com", "Code", "1");
        message.from = Some(Mailbox { name: None, address: "own@acme.example".into() });
        message.reply_to = Some(Mailbox { name: None, address: "own-help@acme.example".into() });
        let mail = composed(&message);
        assert!(mail.contains("From: own@acme.example\r\n"), "{mail}");
        assert!(mail.contains("Reply-To: own-help@acme.example\r\n"), "{mail}");
    }

    #[test]
    fn a_line_break_in_a_header_or_a_bad_address_makes_no_mail() {
        let compose = |message: &OutboundMessage| {
            compose(&settings(), message, Timestamp::from_seconds(0)).err().map(|outcome| outcome.label())
        };
        for subject in ["a\r\nBcc: x@example.com", "a\nb", "a\rb", "a\0b"] {
            assert_eq!(compose(&message("pat@example.com", subject, "1")), Some("reject"), "{subject:?}");
        }
        for to in [
            "",
            "pat",
            "pat@",
            "@example.com",
            "pat@example.com\r\nRCPT TO:<x@example.com>",
            "p at@example.com",
        ] {
            assert_eq!(compose(&message(to, "Code", "1")), Some("reject"), "{to:?}");
        }
        let mut bad = message("pat@example.com", "Code", "1");
        bad.from = Some(Mailbox { name: Some("a\nb".into()), address: "own@acme.example".into() });
        assert_eq!(compose(&bad), Some("misconfigured"));
    }

    #[test]
    fn lone_line_ends_and_dots_in_the_text_make_no_command() {
        let mail = composed(&message("pat@example.com", "Code", "a\n.\nQUIT\r.\rb"));
        assert!(!mail.replace("\r\n", "").contains(['\r', '\n']), "{mail:?}");
    }
}
