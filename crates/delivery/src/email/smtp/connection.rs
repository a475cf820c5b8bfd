//! The conversation with the server, so that a refusal is known with the step
//! that was refused.

use std::net::SocketAddr;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use postern_core::secret::Secret;

/// How the connection is protected.
pub(super) enum Protection {
    None,
    StartTls(TlsParameters),
    Implicit(TlsParameters),
}

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Connect,
    SignOn,
    Sender,
    Recipient,
    Content,
}

/// What was being done when it failed.
pub(super) struct Failure {
    pub(super) step: Step,
    pub(super) cause: Cause,
}

pub(super) enum Cause {
    /// What the protocol library says.
    Protocol(Error),
    /// The address or content needs something the server does not offer.
    Unsupported,
}

impl Step {
    fn failed(self, error: Error) -> Failure {
        Failure { step: self, cause: Cause::Protocol(error) }
    }

    fn unsupported(self) -> Failure {
        Failure { step: self, cause: Cause::Unsupported }
    }
}

/// Connects, protects and signs on.
pub(super) async fn open(
    address: SocketAddr,
    protection: Protection,
    credentials: Option<&(String, Secret)>,
) -> Result<AsyncSmtpConnection, Failure> {
    let hello = ClientId::default();
    let (implicit, start) = match protection {
        Protection::None => (None, None),
        Protection::Implicit(tls) => (Some(tls), None),
        Protection::StartTls(tls) => (None, Some(tls)),
    };
    let timeout = Some(crate::http::CONNECT_TIMEOUT);
    let opened = AsyncSmtpConnection::connect_tokio1(address, timeout, &hello, implicit, None).await;
    let mut connection = opened.map_err(|error| Step::Connect.failed(error))?;
    if let Some(tls) = start {
        connection.starttls(tls, &hello).await.map_err(|error| Step::Connect.failed(error))?;
    }
    if let Some((username, password)) = credentials {
        let credentials = Credentials::new(username.clone(), password.expose().clone());
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        connection.auth(&mechanisms, &credentials).await.map_err(|error| Step::SignOn.failed(error))?;
    }
    Ok(connection)
}

/// Hands one mail over and gives the server's receipt.
pub(super) async fn submit(
    connection: &mut AsyncSmtpConnection,
    mail: &lettre::Message,
) -> Result<Response, Failure> {
    let (envelope, content) = (mail.envelope(), mail.formatted());
    let mut parameters = Vec::new();
    let international = |address: &Address| !AsRef::<str>::as_ref(address).is_ascii();
    if envelope.from().into_iter().chain(envelope.to()).any(international) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Step::Recipient.unsupported());
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !content.is_ascii() {
        if !connection.server_info().supports_feature(Extension::EightBitMime) {
            return Err(Step::Content.unsupported());
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let sender = Mail::new(envelope.from().cloned(), parameters);
    connection.command(sender).await.map_err(|error| Step::Sender.failed(error))?;
    for recipient in envelope.to() {
        let recipient = Rcpt::new(recipient.clone(), Vec::new());
        connection.command(recipient).await.map_err(|error| Step::Recipient.failed(error))?;
    }
    connection.command(Data).await.map_err(|error| Step::Content.failed(error))?;
    connection.message(&content).await.map_err(|error| Step::Content.failed(error))
}
