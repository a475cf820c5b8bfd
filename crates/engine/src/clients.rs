//! OAuth clients: an application with everything a token request needs to know of it.
//!
//! Loading takes several reads, so clients are cached for at most ten seconds;
//! after a change on this node the door calls [`Clients::forget`]. Owns
//! client secrets and client authentication (platform contract 3.4, 4.9). What
//! a client then gets is decided in [`crate::tokens`].

mod assertion;
mod authentication;
mod loading;
mod remote_keys;
mod resealing;
mod secrets;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use postern_core::directory::application::{Application, GrantType};
use postern_core::directory::application_attribute::ApplicationAttribute;
use postern_core::directory::resource::Resource;
use postern_core::directory::resource_attribute::ResourceAttribute;
use postern_core::directory::scope::Scope;
use postern_core::entity::Stored;
use postern_core::ids::{ApplicationId, EnvironmentId};
use postern_core::jose::Algorithm;
use postern_core::jose::jwk::JwkSet;
use postern_core::jose::key::VerifyingKey;
use postern_core::oauth::key_source::KeySource;
use postern_core::time::{Span, Timestamp};
use postern_store::sql::Db;

use crate::short_cache::ShortCache;
use crate::{Ctx, Result};

use self::remote_keys::RemoteKeys;

pub use self::authentication::{Authenticated, Method, Presented, ResourceServer};
pub(crate) use self::resealing::reseal;
pub use self::secrets::{
    Owner, Previous, Secrets, create_secret, drop_previous, forget_secret, note_previous_used, read_secret,
    rotate_secret, store_secret,
};

/// Clients kept in memory.
const CAPACITY: usize = 10_000;

/// How far apart the notes of a previous secret's use are.
const NOTE_EVERY: Span = Span::minutes(1);

/// An application, ready to be served.
pub struct Client {
    /// The record.
    pub application: Stored<Application>,
    /// The scopes it was granted, by resource.
    pub grants: Vec<ClientGrant>,
    /// Claims that it gets in its tokens.
    pub attributes: Vec<Stored<ApplicationAttribute>>,
    /// The built-in PingOne API resource of the environment.
    pub api: Option<Stored<Resource>>,
    secrets: Option<Secrets>,
    public_keys: Arc<JwkSet>,
    /// When the use of the previous secret was last noted, in microseconds.
    noted_at: AtomicI64,
}

/// The scopes of one resource that a client may request.
pub struct ClientGrant {
    /// The resource.
    pub resource: Stored<Resource>,
    /// The granted scopes.
    pub scopes: Vec<Stored<Scope>>,
    /// Claims that the resource adds.
    pub attributes: Vec<Stored<ResourceAttribute>>,
}

impl Client {
    /// Its id, which is also the `client_id`.
    #[must_use]
    pub fn id(&self) -> ApplicationId {
        self.application.id
    }

    /// Whether it may use the grant type.
    #[must_use]
    pub fn allows(&self, grant: GrantType) -> bool {
        self.application.grant_types.contains(&grant)
    }

    /// The keys that may have made a signature of this client: its valid secrets for HS256 to HS512,
    /// those of its inline `jwks`, or else of its `jwksUrl`, otherwise.
    #[must_use]
    pub fn verifying_keys(
        &self,
        key_id: Option<&str>,
        algorithm: Algorithm,
        now: Timestamp,
    ) -> Vec<VerifyingKey> {
        if Algorithm::SHARED_SECRET.contains(&algorithm) {
            let secrets = self.valid_secrets(now);
            return secrets.filter_map(|secret| VerifyingKey::from_secret(secret.as_bytes()).ok()).collect();
        }
        self.public_keys
            .select(key_id, algorithm)
            .filter_map(|key| VerifyingKey::from_jwk(key).ok())
            .collect()
    }

    fn valid_secrets(&self, now: Timestamp) -> impl Iterator<Item = &str> {
        let previous = self.secrets.iter().filter_map(|secrets| secrets.previous.as_ref());
        let previous =
            previous.filter(move |previous| now < previous.expires_at).map(|previous| &previous.secret);
        self.secrets
            .iter()
            .map(|secrets| &secrets.current)
            .chain(previous)
            .map(|secret| secret.expose().as_str())
    }

    /// Whether the use of the previous secret is to be noted now; true at most once a minute.
    fn takes_note(&self, now: Timestamp) -> bool {
        let last = self.noted_at.load(Ordering::Acquire);
        if now.since(Timestamp::from_micros(last)) < NOTE_EVERY {
            return false;
        }
        self.noted_at.compare_exchange(last, now.micros(), Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

/// The cache of clients. Clones share it.
#[derive(Clone)]
pub struct Clients {
    known: ShortCache<(EnvironmentId, ApplicationId), Arc<Client>>,
    remote: RemoteKeys,
}

impl Clients {
    /// An empty cache. Keys behind a `jwksUrl` come from the source; without one there are none.
    #[must_use]
    pub fn new(source: Option<Arc<dyn KeySource>>) -> Self {
        Self { known: ShortCache::new(CAPACITY), remote: RemoteKeys::new(source) }
    }

    /// The client of the context's environment with this id, enabled or not.
    ///
    /// # Errors
    /// Those of the database; [`crate::Error::Internal`] when its secret cannot be opened.
    pub async fn find(&self, db: &Db, ctx: &Ctx, id: ApplicationId) -> Result<Option<Arc<Client>>> {
        let key = (ctx.environment, id);
        if let Some(client) = self.known.get(&key, ctx.now) {
            return Ok(Some(client));
        }
        let before = self.known.before(ctx.environment);
        let Some(mut client) = loading::load(db, ctx, id).await? else { return Ok(None) };
        // The database is let go before the network is waited for.
        if let (None, Some(url)) = (&client.application.jwks, &client.application.jwks_url) {
            client.public_keys = self.remote.get(url, ctx.now).await;
        }
        let client = Arc::new(client);
        self.known.put(key, Arc::clone(&client), before, ctx.now, None);
        Ok(Some(client))
    }

    /// Reads all clients of the environment anew: after its applications, secrets, grants, resources, scopes or claims
    /// changed.
    pub fn forget(&self, environment: EnvironmentId) {
        self.known.forget(environment);
    }
}
