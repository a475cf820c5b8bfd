//! Providers that are built once and used for many messages.
//!
//! Owns the cache from a configured provider and its revision to the built
//! one, with its connections, tokens and breaker. A new revision begins with
//! all of these fresh. Leaves reading and decrypting settings to the caller,
//! who is asked only when nothing is cached.

use std::sync::Arc;

use postern_core::ids::EnvironmentId;
use postern_core::recent::Recent;
use uuid::Uuid;

use crate::breaker::Breaker;
use crate::chain::Link;
use crate::custom::CustomProvider;
use crate::email::smtp::SmtpProvider;
use crate::http::Outbound;
use crate::provider::Provider;
use crate::settings::ProviderSettings;
use crate::twilio::TwilioProvider;
use crate::whatsapp::WhatsAppProvider;

/// So many providers are kept at most; the least used go first.
const CAPACITY: usize = 10_000;

/// Which configured provider: ids are unique within an environment and kind of settings.
type Key = (EnvironmentId, Settings);

/// The kind of settings and their id.
pub type Settings = (&'static str, Uuid);

/// The built providers of this process.
#[derive(Clone)]
pub struct Registry {
    outbound: Outbound,
    built: Recent<Key, (i64, Link)>,
}

impl Registry {
    /// An empty registry whose providers call out through `outbound`.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound, built: Recent::new(CAPACITY) }
    }

    /// The provider of this revision, built from `settings` if it is not yet.
    ///
    /// # Errors
    /// Those of `settings`.
    pub fn link<E>(
        &self,
        environment: EnvironmentId,
        id: Settings,
        rev: i64,
        settings: impl FnOnce() -> Result<ProviderSettings, E>,
    ) -> Result<Link, E> {
        let key = (environment, id);
        if let Some((built, link)) = self.built.get(&key)
            && built == rev
        {
            return Ok(link);
        }
        let link = Link { provider: self.build(settings()?), breaker: Arc::new(Breaker::default()) };
        self.built.insert(key, (rev, link.clone()));
        Ok(link)
    }

    /// Builds a provider that is not kept.
    #[must_use]
    pub fn build(&self, settings: ProviderSettings) -> Arc<dyn Provider> {
        match settings {
            ProviderSettings::Twilio(settings) => {
                Arc::new(TwilioProvider::new(settings, self.outbound.clone()))
            }
            ProviderSettings::Custom(settings) => {
                Arc::new(CustomProvider::new(settings, self.outbound.clone()))
            }
            ProviderSettings::Smtp(settings) => {
                Arc::new(SmtpProvider::new(settings, self.outbound.policy().clone()))
            }
            ProviderSettings::WhatsApp(settings) => {
                Arc::new(WhatsAppProvider::new(settings, self.outbound.clone()))
            }
            ProviderSettings::Push(settings) => crate::push::provider(*settings, self.outbound.clone()),
        }
    }
}
