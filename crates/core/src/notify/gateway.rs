//! Asking a provider about an account, at the edge of the process.
//!
//! The doors may not call out; they are given somebody who can.

use std::future::Future;
use std::pin::Pin;

use crate::policy::phone_delivery::SenderNumber;
use crate::policy::whatsapp_delivery::{ApprovedTemplate, WhatsAppNumber};
use crate::secret::Secret;
use crate::time::Timestamp;

/// Why an account could not be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Account or token are wrong, or the account is not active.
    #[error("the provider does not accept the credentials")]
    Credentials,
    /// No usable answer came; the credentials may be right.
    #[error("the provider gave no usable answer")]
    Unavailable,
}

/// The answer to [`Gateway::numbers`], when it comes.
pub type Numbers<'a> = Pin<Box<dyn Future<Output = Result<Vec<SenderNumber>, GatewayError>> + Send + 'a>>;

/// The answer to [`Gateway::whatsapp_numbers`], when it comes.
pub type WhatsAppNumbers<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<WhatsAppNumber>, GatewayError>> + Send + 'a>>;

/// The answer to [`Gateway::whatsapp_templates`], when it comes.
pub type WhatsAppTemplates<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<ApprovedTemplate>, GatewayError>> + Send + 'a>>;

/// A WhatsApp business account with what opens it.
#[derive(Debug, Clone)]
pub struct WhatsAppAccount {
    /// Its id.
    pub business_id: String,
    /// The token of its user.
    pub access_token: Secret,
    /// The secret of its app.
    pub app_secret: Secret,
}

/// Who can ask a provider about an account.
pub trait Gateway: Send + Sync {
    /// The numbers of a Twilio account that can send or call, none of them selected. Waits for the network.
    fn numbers<'a>(&'a self, account: &'a str, token: &'a Secret, now: Timestamp) -> Numbers<'a>;

    /// The numbers of a WhatsApp account, none of them selected. Waits for the network.
    fn whatsapp_numbers<'a>(&'a self, account: &'a WhatsAppAccount, now: Timestamp) -> WhatsAppNumbers<'a>;

    /// The templates of a WhatsApp account for passcodes. Waits for the network.
    fn whatsapp_templates<'a>(
        &'a self,
        account: &'a WhatsAppAccount,
        now: Timestamp,
    ) -> WhatsAppTemplates<'a>;
}
