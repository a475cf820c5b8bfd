//! Which push credentials carry a notification: those of the application for the device's network.
//!
//! Read when they are needed and kept for a few seconds, like the settings of an environment.

use postern_core::directory::push_credentials::{PushCredentials, PushCredentialsType};
use postern_core::entity::{Entity as _, Stored};
use postern_core::ids::{ApplicationId, EnvironmentId, Id as _};
use postern_core::notify::{Channel, PushMessage, PushProvider};
use postern_core::recent::Recent;
use postern_core::time::Timestamp;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Result;

use super::broken::Broken;
use super::providers::{CAPACITY, FRESH, Providers};
use crate::chain::Link;
use crate::configured;

type Key = (EnvironmentId, ApplicationId, PushProvider);

/// The providers of notifications that were asked for lately.
pub(super) struct Pushers(Recent<Key, (Timestamp, Option<Link>)>);

impl Default for Pushers {
    fn default() -> Self {
        Self(Recent::new(CAPACITY))
    }
}

impl Pushers {
    /// Who carries this notification; none when the application has no credentials for the network.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn of(
        &self,
        providers: &Providers,
        environment: EnvironmentId,
        push: &PushMessage,
        now: Timestamp,
    ) -> Result<Option<Link>> {
        let key = (environment, push.application, push.provider);
        if let Some((read_at, known)) = self.0.get(&key)
            && now.since(read_at) < FRESH
        {
            return Ok(known);
        }
        let read = read(providers, environment, push).await?;
        self.0.insert(key, (now, read.clone()));
        Ok(read)
    }
}

async fn read(providers: &Providers, environment: EnvironmentId, push: &PushMessage) -> Result<Option<Link>> {
    let condition = Condition::All(vec![
        Condition::equals("application_id", push.application),
        Condition::equals("type", PushCredentialsType::of(push.provider).as_str()),
    ]);
    let mut tx = providers.db.read().await?;
    let found =
        documents::list::<PushCredentials>(&mut tx, environment, &Select::first(condition, 1)).await?;
    drop(tx);
    Ok(found.first().map(|record| link(providers, record)))
}

fn link(providers: &Providers, record: &Stored<PushCredentials>) -> Link {
    let settings = || configured::push(&providers.keys, record, &providers.addresses);
    let id = (PushCredentials::KIND, record.id.uuid());
    let link = providers.registry.link(record.environment, id, record.rev, settings);
    link.unwrap_or_else(|why| Broken::link(record.kind.as_str(), &[Channel::Push], why))
}
