//! Answers what the doors want to know of a provider's account.

use postern_core::notify::gateway::{Gateway, GatewayError, Numbers};
use postern_core::secret::Secret;
use postern_core::time::Timestamp;
use url::Url;

use crate::configured::from_account;
use crate::http::Outbound;
use crate::twilio::{FetchError, TwilioAccount};

/// Asks over the network.
#[derive(Debug, Clone)]
pub struct ProviderGateway {
    outbound: Outbound,
    twilio: Option<Url>,
}

impl ProviderGateway {
    /// One that calls out through `outbound`. `twilio` is another address of Twilio's API than its own.
    #[must_use]
    pub const fn new(outbound: Outbound, twilio: Option<Url>) -> Self {
        Self { outbound, twilio }
    }
}

impl Gateway for ProviderGateway {
    fn numbers<'a>(&'a self, account: &'a str, token: &'a Secret, now: Timestamp) -> Numbers<'a> {
        Box::pin(async move {
            let account =
                TwilioAccount::new(self.outbound.clone(), account, token.clone(), self.twilio.clone());
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
}
