//! The methods, each from enrolment to COMPLETED, with what must be refused on the way.

mod fido2;
mod oath;
mod push;
mod scene;
mod sent;
mod totp;

use super::walk::Walk;

/// What proves the person in the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Method {
    /// A text message, in PingOne's workflow of a transaction approval
    Sms,
    /// A code by mail
    Email,
    /// A code by call
    Voice,
    /// A code by WhatsApp
    Whatsapp,
    /// An authenticator application
    Totp,
    /// A hardware token with a button
    Oath,
    /// A passkey
    Fido2,
    /// A push request on a phone, with a number to match
    Push,
}

impl Method {
    /// What the demo shows.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Sms => "Approving a transaction by text message, in PingOne's 19 steps",
            Self::Email => "Proving a person by mail",
            Self::Voice => "Proving a person by call",
            Self::Whatsapp => "Proving a person by WhatsApp",
            Self::Totp => "Proving a person by authenticator application",
            Self::Oath => "Proving a person by hardware token",
            Self::Fido2 => "Proving a person by passkey",
            Self::Push => "Proving a person by push request",
        }
    }
}

/// Shows a method; [`Method::Sms`] is shown elsewhere.
pub(super) async fn show(walk: &mut Walk, method: Method) -> anyhow::Result<()> {
    match method {
        Method::Sms => Ok(()),
        Method::Email => sent::show(walk, &sent::EMAIL).await,
        Method::Voice => sent::show(walk, &sent::VOICE).await,
        Method::Whatsapp => sent::show(walk, &sent::WHATSAPP).await,
        Method::Totp => totp::show(walk).await,
        Method::Oath => oath::show(walk).await,
        Method::Fido2 => fido2::show(walk).await,
        Method::Push => push::show(walk).await,
    }
}
