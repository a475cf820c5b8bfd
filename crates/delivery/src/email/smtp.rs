//! Mail through an SMTP server.
//!
//! Owns the choice of protection, the connection and its reuse. The server's
//! address is looked up and checked for each new connection, so mail goes only
//! where the outbound policy allows. A message keeps its `Message-ID` over all
//! attempts, by which a receiver can tell a repeated mail.

mod answer;
mod compose;
mod connection;
mod idle;

use futures_util::future::{BoxFuture, FutureExt};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::time::Timestamp;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::http::OutboundPolicy;
use crate::outcome::Outcome;
use crate::provider::{Attempt, Provider};
use crate::settings::SmtpSettings;

use connection::Protection;

/// How long one mail may take from start to end.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(20);

/// A mail server with its settings.
pub struct SmtpProvider {
    inner: Arc<Inner>,
}

struct Inner {
    settings: SmtpSettings,
    policy: Arc<OutboundPolicy>,
    tls: OnceLock<Option<TlsParameters>>,
    idle: idle::Idle<AsyncSmtpConnection>,
}

impl SmtpProvider {
    /// A provider; nothing is connected yet.
    #[must_use]
    pub fn new(settings: SmtpSettings, policy: Arc<OutboundPolicy>) -> Self {
        let inner = Inner { settings, policy, tls: OnceLock::new(), idle: idle::Idle::default() };
        Self { inner: Arc::new(inner) }
    }
}

impl Provider for SmtpProvider {
    fn name(&self) -> &str {
        "SMTP"
    }

    fn serves(&self, channel: Channel) -> bool {
        channel == Channel::Email
    }

    fn deliver<'a>(&'a self, message: &'a OutboundMessage, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        async move {
            let mail = match compose::compose(&self.inner.settings, message, attempt.now) {
                Ok(mail) => mail,
                Err(outcome) => return outcome,
            };
            let inner = self.inner.clone();
            let now = attempt.now;
            // In a task of its own, so that a panic in the protocol code on
            // what the server wrote is a failed attempt and no more. The limit
            // is inside: the task ends by it even when nobody waits for it any
            // more, and drops, that is closes, its connection.
            let sending = async move { inner.send(&mail, now).await };
            let sending = tokio::spawn(tokio::time::timeout(TOTAL_TIMEOUT, sending));
            match sending.await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => Outcome::retry("timed out"),
                Err(_) => Outcome::retry("the mail connection failed unexpectedly"),
            }
        }
        .boxed()
    }
}

impl Inner {
    async fn send(&self, mail: &lettre::Message, now: Timestamp) -> Outcome {
        let mut connection = match self.connected(now).await {
            Ok(connection) => connection,
            Err(outcome) => return outcome,
        };
        match connection::submit(&mut connection, mail).await {
            Ok(response) => {
                self.idle.put(connection, now);
                answer::accepted(&response)
            }
            // In whatever state the connection is now, it is not used again.
            Err(failure) => answer::outcome(&failure),
        }
    }

    /// A connection that still answers, or a new one, signed on.
    async fn connected(&self, now: Timestamp) -> Result<AsyncSmtpConnection, Outcome> {
        while let Some(mut connection) = self.idle.take(now) {
            if connection.test_connected().await {
                return Ok(connection);
            }
        }
        let SmtpSettings { host, port, credentials, .. } = &self.settings;
        let addresses = crate::http::permitted_addresses(&self.policy, host, *port).await;
        let addresses = addresses.map_err(crate::http::OutboundError::outcome)?;
        let mut last = Outcome::retry("no connection");
        for address in addresses.into_iter().take(2) {
            let protection = self.protection(address.ip())?;
            match connection::open(address, protection, credentials.as_ref()).await {
                Ok(connection) => return Ok(connection),
                Err(failure) => last = answer::outcome(&failure),
            }
            // An answer, even an unwelcome one, is not improved by asking elsewhere.
            if !matches!(last, Outcome::Retry { .. }) {
                break;
            }
        }
        Err(last)
    }

    fn protection(&self, address: std::net::IpAddr) -> Result<Protection, Outcome> {
        use crate::settings::SmtpSecurity::{ByPort, Implicit, Plain, StartTls};
        let starts_plain = match (self.settings.security, self.settings.port) {
            (Plain, _) if self.policy.permits_plain_mail(address) => return Ok(Protection::None),
            (Plain, _) => return Err(Outcome::misconfigured("mail without TLS is not permitted")),
            (StartTls, _) | (ByPort, 25 | 587 | 2525) => true,
            (Implicit | ByPort, _) => false,
        };
        let tls = self.tls.get_or_init(|| parameters(&self.settings)).clone();
        let tls = tls.ok_or(Outcome::misconfigured("TLS cannot be set up for this server"))?;
        Ok(if starts_plain { Protection::StartTls(tls) } else { Protection::Implicit(tls) })
    }
}

fn parameters(settings: &SmtpSettings) -> Option<TlsParameters> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.extra_roots_pem {
        builder = builder.add_root_certificate(Certificate::from_pem(pem.as_bytes()).ok()?);
    }
    builder.build().ok()
}
