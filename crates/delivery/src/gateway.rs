//! Answers what the doors want to know of a provider's account.

use crate::configured::from_account;
use crate::http::Outbound;
use crate::settings::Addresses;
use crate::twilio::{FetchError, TwilioAccount};
use crate::whatsapp::GraphAccount;
use postern_core::notify::gateway::{
    Gateway, GatewayError, Numbers, WhatsAppAccount, WhatsAppNumbers, WhatsAppTemplates,
};
use postern_core::secret::Secret;
use postern_core::time::Timestamp;

/// Asks over the network.
#[derive(Debug, Clone)]
pub struct ProviderGateway {
    outbound: Outbound,
    addresses: Addresses,
}

impl ProviderGateway {
    /// One that calls out through `outbound`.
    #[must_use]
    pub const fn new(outbound: Outbound, addresses: Addresses) -> Self {
        Self { outbound, addresses }
    }

    fn graph(&self, account: &WhatsAppAccount) -> GraphAccount {
        let WhatsAppAccount { access_token, app_secret, .. } = account.clone();
        GraphAccount::new(self.outbound.clone(), access_token, app_secret, self.addresses.whatsapp.clone())
    }
}

impl Gateway for ProviderGateway {
    fn numbers<'a>(&'a self, account: &'a str, token: &'a Secret, now: Timestamp) -> Numbers<'a> {
        Box::pin(async move {
            let account = TwilioAccount::new(
                self.outbound.clone(),
                account,
                token.clone(),
                self.addresses.twilio.clone(),
            );
            match account.fetch_numbers(now).await {
                Ok(found) => Ok(found.into_iter().map(from_account).collect()),
                Err(FetchError::Credentials) => Err(GatewayError::Credentials),
                Err(error @ (FetchError::Unavailable | FetchError::Outbound(_))) => {
                    tracing::warn!(%error, "a Twilio account could not be looked at");
                    Err(GatewayError::Unavailable)
                }
            }
        })
    }

    fn whatsapp_numbers<'a>(&'a self, account: &'a WhatsAppAccount, now: Timestamp) -> WhatsAppNumbers<'a> {
        Box::pin(async move { self.graph(account).numbers(&account.business_id, now).await })
    }

    fn whatsapp_templates<'a>(
        &'a self,
        account: &'a WhatsAppAccount,
        now: Timestamp,
    ) -> WhatsAppTemplates<'a> {
        Box::pin(async move { self.graph(account).templates(&account.business_id, now).await })
    }
}
