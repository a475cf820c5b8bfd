//! Mail: against a scripted server for every refusal, and against a real one
//! (`POSTERN_TEST_SMTP`, see `tests/smtp_server.py`) for TLS and signing on.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use postern_core::notify::content::Mailbox;
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::secret::Secret;
use postern_core::time::Span;
use postern_delivery::email::smtp::SmtpProvider;
use postern_delivery::http::{Call, OutboundError, OutboundPolicy};
use postern_delivery::outcome::Outcome;
use postern_delivery::settings::{SmtpSecurity, SmtpSettings};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::fixture::{CODE, NOW, message};
use crate::peer::{deliver, deliver_at, install_crypto, outbound};

fn settings(port: u16, security: SmtpSecurity) -> SmtpSettings {
    SmtpSettings {
        host: "localhost".to_owned(),
        port,
        credentials: None,
        from: Mailbox { name: Some("Acme".to_owned()), address: "no-reply@acme.example".to_owned() },
        reply_to: None,
        security,
        extra_roots_pem: None,
    }
}

fn provider(settings: SmtpSettings) -> SmtpProvider {
    install_crypto();
    SmtpProvider::new(settings, Arc::new(OutboundPolicy::development()))
}

/// A server that answers commands from a table and keeps what it was told.
struct Script {
    port: u16,
    told: Arc<Mutex<Vec<String>>>,
}

impl Script {
    /// `replies` are tried in order by the beginning of the command.
    async fn start(replies: &'static [(&'static str, &'static str)]) -> Self {
        // Both families, since the name of this host may mean either.
        let four = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = four.local_addr().unwrap().port();
        let told = Arc::new(Mutex::new(Vec::new()));
        let mut listeners = vec![four];
        listeners.extend(TcpListener::bind(("::1", port)).await.ok());
        for listener in listeners {
            let told = told.clone();
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(converse(stream, replies, told.clone()));
                }
            });
        }
        Self { port, told }
    }

    fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }
}

async fn converse(
    stream: TcpStream,
    replies: &'static [(&'static str, &'static str)],
    told: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    let reply = |command: &str| {
        let found = replies.iter().find(|(start, _)| command.starts_with(start));
        let usual = [("CONNECT", "220 hi"), ("DATA", "354 go on"), ("", "250 2.0.0 Ok")];
        let usual = usual.iter().find(|(start, _)| command.starts_with(start));
        format!("{}\r\n", found.or(usual).map_or("", |(_, reply)| reply))
    };
    told.lock().unwrap().push("CONNECT".to_owned());
    writing.write_all(reply("CONNECT").as_bytes()).await?;
    while let Some(command) = lines.next_line().await? {
        let answer = reply(&command);
        told.lock().unwrap().push(command);
        writing.write_all(answer.as_bytes()).await?;
        if answer.starts_with("354") {
            while lines.next_line().await?.is_some_and(|line| line != ".") {}
            told.lock().unwrap().push("CONTENT".to_owned());
            writing.write_all(reply("CONTENT").as_bytes()).await?;
        }
    }
    Ok(())
}

fn said(told: &[String]) -> Vec<&str> {
    told.iter().map(|command| command.split([' ', ':']).next().unwrap()).collect()
}

#[tokio::test]
async fn a_connection_carries_several_mails_while_it_is_fresh() {
    let server = Script::start(&[("CONTENT", "250 2.0.0 Ok: queued as 4XkzP13")]).await;
    let provider = provider(settings(server.port, SmtpSecurity::Plain));
    let mail = message(Channel::Email);
    let expected = Outcome::accepted(Some("4XkzP13"), "250");
    for seconds in [0, 60, 121] {
        assert_eq!(deliver_at(&provider, &mail, NOW.plus(Span::seconds(seconds))).await, expected);
    }
    let once = ["MAIL", "RCPT", "DATA", "CONTENT"];
    let fresh = [&["CONNECT", "EHLO"][..], &once].concat();
    let expected = [&fresh[..], &["NOOP"], &once, &fresh].concat();
    assert_eq!(said(&server.told()), expected);
    assert_eq!(server.told()[2], "MAIL FROM:<no-reply@acme.example>");
    assert_eq!(server.told()[3], "RCPT TO:<pat@example.com>");
}

#[tokio::test]
async fn every_refusal_is_told_by_its_step() {
    type Case = (&'static [(&'static str, &'static str)], &'static str);
    let cases: [Case; 10] = [
        (&[("CONNECT", "421 4.3.2 busy")], "retry"),
        (&[("CONNECT", "554 5.7.1 go away")], "next"),
        (&[("MAIL", "550 5.7.1 not yours")], "misconfigured"),
        (&[("MAIL", "530 5.7.0 sign on first")], "misconfigured"),
        (&[("RCPT", "450 4.2.0 greylisted")], "retry"),
        (&[("RCPT", "550 5.1.1 <pat@example.com> unknown")], "reject"),
        (&[("RCPT", "554 5.7.1 <pat@example.com> relay denied")], "misconfigured"),
        (&[("CONTENT", "554 5.7.1 spam 482913")], "next"),
        (&[("CONTENT", "451 later")], "retry"),
        (&[("RCPT", "gibberish")], "retry"),
    ];
    for (replies, expected) in cases {
        let server = Script::start(replies).await;
        let provider = provider(settings(server.port, SmtpSecurity::Plain));
        let outcome = deliver(&provider, &message(Channel::Email)).await;
        assert_eq!(outcome.label(), expected, "{replies:?} {outcome:?}");
        let shown = format!("{outcome:?}");
        assert!(!shown.contains("pat@") && !shown.contains(CODE), "{shown}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_the_protocol_code_is_a_failed_attempt() {
    for hello in ["250-hi\r\n250-  \r\n250 SIZE", "250-\r\n250 ", "250-\r\n250-\r\n250 SIZE", "250"] {
        let replies: &'static [(&str, &str)] = Box::leak(Box::new([("EHLO", hello)]));
        let server = Script::start(replies).await;
        let provider = provider(settings(server.port, SmtpSecurity::Plain));
        let outcome = deliver(&provider, &message(Channel::Email)).await;
        assert!(matches!(outcome.label(), "retry" | "accepted"), "{hello:?} {outcome:?}");
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_neither_password_nor_mail() {
    let server = Script::start(&[("EHLO", "250-hi\r\n250 AUTH PLAIN")]).await;
    let credentials = Some(("acme".to_owned(), Secret::from("pw-51aa")));
    let settings = SmtpSettings { credentials, ..settings(server.port, SmtpSecurity::StartTls) };
    assert_eq!(deliver(&provider(settings), &message(Channel::Email)).await.label(), "misconfigured");
    assert_eq!(said(&server.told()), ["CONNECT", "EHLO"]);
}

#[tokio::test]
async fn a_server_that_refuses_or_offers_no_sign_on_is_a_matter_of_settings() {
    let refused: &[(&str, &str)] = &[("EHLO", "250-hi\r\n250 AUTH PLAIN LOGIN"), ("AUTH", "535 5.7.8 no")];
    for replies in [refused, &[]] {
        let server = Script::start(replies).await;
        let credentials = Some(("acme".to_owned(), Secret::from("pw-51aa")));
        let settings = SmtpSettings { credentials, ..settings(server.port, SmtpSecurity::Plain) };
        let outcome = deliver(&provider(settings), &message(Channel::Email)).await;
        assert_eq!(outcome.label(), "misconfigured", "{outcome:?}");
    }
}

#[tokio::test]
async fn mail_goes_only_where_the_policy_allows() {
    install_crypto();
    let server = Script::start(&[]).await;
    let plain = settings(server.port, SmtpSecurity::Plain);
    let closed = SmtpProvider::new(plain.clone(), Arc::new(OutboundPolicy::default()));
    assert_eq!(deliver(&closed, &message(Channel::Email)).await.label(), "misconfigured");
    let encrypted = OutboundPolicy { allow_private: true, ..OutboundPolicy::default() };
    let encrypted = SmtpProvider::new(plain, Arc::new(encrypted));
    assert_eq!(deliver(&encrypted, &message(Channel::Email)).await.label(), "misconfigured");
    assert!(server.told().is_empty());
}

#[tokio::test]
async fn nobody_listening_is_worth_another_try() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let provider = provider(settings(free, SmtpSecurity::Plain));
    assert_eq!(deliver(&provider, &message(Channel::Email)).await, Outcome::retry("no connection"));
}

/// The folder of the real server; without it the test says that it is skipped.
struct RealServer {
    folder: PathBuf,
}

impl RealServer {
    fn find(test: &str) -> Option<Self> {
        match std::env::var_os("POSTERN_TEST_SMTP") {
            Some(folder) => Some(Self { folder: folder.into() }),
            None => {
                eprintln!("SKIPPED {test}: POSTERN_TEST_SMTP is not set (see tests/smtp_server.py)");
                None
            }
        }
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap().trim().to_owned()
    }

    fn settings(&self, port: &str, security: SmtpSecurity, password: &str) -> SmtpSettings {
        SmtpSettings {
            credentials: Some(("postern".to_owned(), Secret::from(password))),
            extra_roots_pem: Some(self.read("ca.pem")),
            ..settings(self.read(port).parse().unwrap(), security)
        }
    }

    fn mail(&self, message: &OutboundMessage) -> String {
        self.read(&format!("mail-{}@acme.example", message.id))
    }
}

fn fresh_message(seed: u64) -> OutboundMessage {
    let id = postern_core::ids::MessageId::new(&postern_core::random::Random::seeded(seed));
    OutboundMessage {
        id,
        html: true,
        text: format!("<p>Grüße, <b>{CODE}</b></p>"),
        ..message(Channel::Email)
    }
}

#[tokio::test]
async fn a_real_server_takes_mail_over_both_kinds_of_tls() {
    let Some(server) = RealServer::find("a_real_server_takes_mail_over_both_kinds_of_tls") else { return };
    for (seed, port, security) in [
        (1, "port-starttls", SmtpSecurity::StartTls),
        (2, "port-tls", SmtpSecurity::Implicit),
        (3, "port-tls", SmtpSecurity::ByPort),
    ] {
        let provider = provider(server.settings(port, security, "right"));
        for repeat in 0..2 {
            let mail = fresh_message(seed * 10 + repeat);
            let outcome = deliver(&provider, &mail).await;
            assert_eq!(outcome.label(), "accepted", "{port} {security:?} {outcome:?}");
            let received = server.mail(&mail);
            assert!(received.contains("multipart/alternative"), "{received}");
            assert!(received.contains("To: pat@example.com"), "{received}");
        }
    }
}

#[tokio::test]
async fn a_real_server_refuses_a_wrong_password_and_an_unknown_recipient() {
    let Some(server) = RealServer::find("a_real_server_refuses_a_wrong_password_and_an_unknown_recipient")
    else {
        return;
    };
    let wrong = provider(server.settings("port-tls", SmtpSecurity::Implicit, "wrong"));
    assert_eq!(deliver(&wrong, &fresh_message(50)).await.label(), "misconfigured");
    let right = provider(server.settings("port-tls", SmtpSecurity::Implicit, "right"));
    for (to, expected) in [("unknown@example.com", "reject"), ("later@example.com", "retry")] {
        let mail = OutboundMessage { to: to.to_owned(), ..fresh_message(51) };
        assert_eq!(deliver(&right, &mail).await.label(), expected, "{to}");
    }
}

#[tokio::test]
async fn a_real_server_with_an_unknown_certificate_gets_nothing() {
    let Some(server) = RealServer::find("a_real_server_with_an_unknown_certificate_gets_nothing") else {
        return;
    };
    for (port, security) in [("port-starttls", SmtpSecurity::StartTls), ("port-tls", SmtpSecurity::Implicit)]
    {
        let settings = SmtpSettings { extra_roots_pem: None, ..server.settings(port, security, "right") };
        let outcome = deliver(&provider(settings), &fresh_message(60)).await;
        assert_eq!(outcome, Outcome::misconfigured("the certificate is not valid"), "{port}");
    }
    let url = format!("https://localhost:{}/", server.read("port-tls"));
    let answer = outbound().send(Call::get(url.parse().unwrap()), NOW).await;
    assert_eq!(answer.err(), Some(OutboundError::Certificate));
}
