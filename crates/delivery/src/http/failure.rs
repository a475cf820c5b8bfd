//! Why a call brought no answer.
//!
//! The errors of the HTTP library name the URL, which may hold a code or a
//! credential; so only the kind is kept.

use crate::outcome::Outcome;

/// Why a call brought no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The client could not be set up.
    #[error("the HTTP client could not be set up")]
    Unusable,
    /// Not a URL, header or body that can be sent.
    #[error("the request is malformed")]
    Malformed,
    /// `http` where only `https` is permitted.
    #[error("plain HTTP is not permitted")]
    Plaintext,
    /// The address is not permitted.
    #[error("the address is not permitted")]
    Forbidden,
    /// The name has no address, or the name service did not answer.
    #[error("the name was not resolved")]
    Unresolved,
    /// The peer's certificate is not valid for it.
    #[error("the certificate is not valid")]
    Certificate,
    /// No connection.
    #[error("no connection")]
    Connect,
    /// Too slow.
    #[error("timed out")]
    Timeout,
    /// The connection broke before a status came back.
    #[error("the connection broke")]
    Broken,
}

impl OutboundError {
    pub(super) fn from_client(error: &reqwest::Error) -> Self {
        if let Some(own) = in_chain::<Self>(error) {
            return *own;
        }
        if matches!(in_chain(error), Some(rustls::Error::InvalidCertificate(_))) {
            return Self::Certificate;
        }
        if error.is_builder() {
            Self::Malformed
        } else if error.is_timeout() {
            Self::Timeout
        } else if error.is_connect() {
            Self::Connect
        } else {
            Self::Broken
        }
    }

    /// What it means for the attempt: wrong settings, or try again.
    #[must_use]
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Unusable => Outcome::misconfigured("the HTTP client could not be set up"),
            Self::Malformed => Outcome::misconfigured("the configured request is malformed"),
            Self::Plaintext => Outcome::misconfigured("plain HTTP is not permitted"),
            Self::Forbidden => Outcome::misconfigured("the address is not permitted"),
            Self::Certificate => Outcome::misconfigured("the certificate is not valid"),
            Self::Unresolved => Outcome::retry("the name was not resolved"),
            Self::Connect => Outcome::retry("no connection"),
            Self::Timeout => Outcome::retry("timed out"),
            Self::Broken => Outcome::retry("the connection broke"),
        }
    }
}

/// The first error of type `E` among an error's causes. An I/O error does not
/// name the error it wraps as its cause, so it is opened here.
pub(crate) fn in_chain<'a, E: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<E>() {
            return Some(found);
        }
        next = match current.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => current.source(),
        };
    }
    None
}
