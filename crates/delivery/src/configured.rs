//! From the settings an administrator made to settings a provider is built of.
//!
//! Owns the translation and the opening of secrets. Leaves the rules for what
//! may be set to `postern_core::policy`, and building to the registry.

mod custom;
mod numbers;

use postern_core::crypto::keyring::{KeyRing, OpenError};
use postern_core::directory::push_credentials::PushCredentials;
use postern_core::entity::Stored;
use postern_core::notify::content::Mailbox;
use postern_core::policy::delivery_secrets;
use postern_core::policy::email_delivery::{EmailDelivery, EmailProtocol};
use postern_core::policy::phone_delivery::{PhoneDelivery, PhoneProvider};
use postern_core::policy::sender::Sender;
use postern_core::policy::whatsapp_delivery::WhatsAppDelivery;
use postern_core::schema::Secrets;
use postern_core::secret::Secret;
use url::Url;

use crate::settings::{
    Addresses, ProviderSettings, PushSettings, SmtpSecurity, SmtpSettings, TwilioSender, TwilioSettings,
    WhatsAppSettings,
};

pub(crate) use numbers::{from_account, is_ready};

/// Why no provider can be built of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The secrets cannot be opened.
    #[error("the secrets of the settings cannot be opened")]
    Secrets(#[from] OpenError),
    /// Something is missing; the text says what.
    #[error("the settings are incomplete: {0}")]
    Incomplete(&'static str),
}

impl Unusable {
    /// The same in the words of an attempt's history.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Secrets(_) => "the secrets of the settings cannot be opened",
            Self::Incomplete(what) => what,
        }
    }
}

/// A gateway for text messages and calls. `twilio` is another address of Twilio's API than its own.
///
/// # Errors
/// [`Unusable`] when the secrets cannot be opened or something is missing.
pub fn phone(
    keys: &KeyRing,
    record: &Stored<PhoneDelivery>,
    twilio: Option<&Url>,
) -> Result<ProviderSettings, Unusable> {
    let secrets = delivery_secrets::open(keys, record, record.sealed.as_ref())?;
    let sender = match record.provider {
        PhoneProvider::Custom => {
            let name = record.name.as_deref().unwrap_or(PhoneProvider::Custom.as_str());
            let custom =
                custom::settings(name, record.authentication.as_ref(), record.requests.as_deref(), &secrets)?;
            let numbers = numbers::all(record);
            return Ok(ProviderSettings::Custom(crate::settings::CustomSettings { numbers, ..custom }));
        }
        PhoneProvider::Twilio => TwilioSender::Numbers(numbers::all(record)),
        PhoneProvider::TwilioMessagingService => {
            let service =
                record.selected_service().ok_or(Unusable::Incomplete("no messaging service is selected"))?;
            TwilioSender::MessagingService(service.messaging_service_id.clone())
        }
    };
    Ok(ProviderSettings::Twilio(TwilioSettings {
        account_sid: record.sid.clone().ok_or(Unusable::Incomplete("the account is missing"))?,
        auth_token: secret(&secrets, &["authToken"])?,
        sender,
        base_url: twilio.cloned(),
    }))
}

/// A mail server, or a gateway for mail.
///
/// # Errors
/// As [`phone`].
pub fn email(keys: &KeyRing, record: &Stored<EmailDelivery>) -> Result<ProviderSettings, Unusable> {
    let secrets = delivery_secrets::open(keys, record, record.sealed.as_ref())?;
    let (from, reply_to) = (mailbox(&record.from), record.reply_to.as_ref().map(mailbox));
    if record.protocol == EmailProtocol::Http {
        let name = record.name.as_deref().unwrap_or("HTTP");
        let custom =
            custom::settings(name, record.authentication.as_ref(), record.requests.as_deref(), &secrets)?;
        return Ok(ProviderSettings::Custom(crate::settings::CustomSettings {
            from: Some(from),
            reply_to,
            ..custom
        }));
    }
    let credentials = match &record.username {
        Some(name) => Some((name.clone(), secret(&secrets, &["password"])?)),
        None => None,
    };
    let port = record.port.and_then(|port| u16::try_from(port).ok());
    Ok(ProviderSettings::Smtp(SmtpSettings {
        host: record.host.clone().ok_or(Unusable::Incomplete("the host is missing"))?,
        port: port.ok_or(Unusable::Incomplete("the port is missing"))?,
        credentials,
        from,
        reply_to,
        security: SmtpSecurity::ByPort,
        extra_roots_pem: None,
    }))
}

/// A WhatsApp account. `base` is another address of the API than Meta's own.
///
/// # Errors
/// As [`phone`].
pub fn whatsapp(
    keys: &KeyRing,
    record: &Stored<WhatsAppDelivery>,
    base: Option<&Url>,
) -> Result<ProviderSettings, Unusable> {
    let secrets = delivery_secrets::open(keys, record, record.sealed.as_ref())?;
    Ok(ProviderSettings::WhatsApp(WhatsAppSettings {
        number_id: record.sender().map(|number| number.number_id.clone()),
        access_token: secret(&secrets, &["userAccessToken"])?,
        app_secret: secret(&secrets, &["appSecret"])?,
        base_url: base.cloned(),
    }))
}

/// An account at a push network.
///
/// # Errors
/// As [`phone`].
pub fn push(
    keys: &KeyRing,
    record: &Stored<PushCredentials>,
    addresses: &Addresses,
) -> Result<ProviderSettings, Unusable> {
    let secrets = delivery_secrets::open(keys, record, record.sealed.as_ref())?;
    let account =
        record.account(&secrets).map_err(|_| Unusable::Incomplete("the push credentials cannot be used"))?;
    Ok(ProviderSettings::Push(Box::new(PushSettings { account, addresses: addresses.clone() })))
}

/// A sender of mail.
pub(crate) fn mailbox(sender: &Sender) -> Mailbox {
    Mailbox { name: sender.name.clone(), address: sender.address.clone() }
}

fn secret(secrets: &Secrets, path: &[&str]) -> Result<Secret, Unusable> {
    secrets.text(path).map(Secret::from).ok_or(Unusable::Incomplete("a secret is missing"))
}

#[cfg(test)]
mod tests;
