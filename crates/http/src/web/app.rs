//! What all handlers share: database, keys, caches, clock, addresses.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::future::BoxFuture;
use postern_core::crypto::keyring::KeyRing;
use postern_core::fido::Catalogue;
use postern_core::ids::EnvironmentId;
use postern_core::notify::gateway::Gateway;
use postern_core::oauth::key_source::KeySource;
use postern_core::random::Random;
use postern_core::time::{Span, Timestamp};
use postern_engine::access::Authenticator;
use postern_engine::authorize::SignOnRules;
use postern_engine::clients::Clients;
use postern_engine::context::Urls;
use postern_engine::environments::Environments;
use postern_engine::keys::SigningKeys;
use postern_engine::{Caller, Ctx, Result};
use postern_store::sql::{Db, Tx};
use tokio::sync::Notify;

use super::domains::Domains;
use super::hashing::Line;
use super::limits::{Limits, Meter};
use super::origin::Proxies;

/// Reads the time; only the binary and tests make one.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Told of each answer: path template, method, status, time it took.
pub type Observer = Arc<dyn Fn(&'static str, &http::Method, u16, Span) + Send + Sync>;

/// The parts an application is made of.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Seals and opens secrets.
    pub keys: Arc<KeyRing>,
    /// Randomness of every request.
    pub random: Random,
    /// The time.
    pub clock: Clock,
    /// Configured public addresses; without them links carry the host that the client used.
    pub addresses: Option<Urls>,
    /// Peers whose `Forwarded` headers are believed.
    pub proxies: Proxies,
    /// Wakes the delivery worker after a commit that enqueued a message.
    pub outbox: Arc<Notify>,
    /// Told of each answer.
    pub observer: Option<Observer>,
    /// Whether cookies demand https.
    pub secure_cookies: bool,
    /// Hosts that stand for one environment.
    pub domains: Domains,
    /// How many requests are answered.
    pub limits: Limits,
    /// Asks text message providers about accounts; without it settings are kept unasked.
    pub gateway: Option<Arc<dyn Gateway>>,
    /// Fetches the keys that clients publish; without it they have none.
    pub key_source: Option<Arc<dyn KeySource>>,
    /// The makes of authenticators that are published; none when there is no list.
    pub authenticators: Arc<Catalogue>,
}

/// The application: cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// See [`App`].
pub struct Inner {
    /// What it was made of.
    pub parts: Parts,
    /// The configured public addresses.
    pub(super) addresses: Option<Arc<Urls>>,
    /// Counts requests.
    pub(super) meter: Meter,
    /// Who has not shown yet who they are.
    pub(super) anonymous: Arc<Caller>,
    /// Checks access tokens.
    pub access: Authenticator,
    /// Knows the OAuth clients.
    pub clients: Clients,
    /// Knows the sign-on policies of applications.
    pub sign_on: SignOnRules,
    /// Knows the environments.
    pub environments: Environments,
    /// Knows the signing keys.
    pub signing: SigningKeys,
    /// Bounds concurrent password hashes and other costly computations.
    pub hashing: Line,
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// An application from its parts, with empty caches.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let signing = SigningKeys::default();
        Self(Arc::new(Inner {
            access: Authenticator::new(signing.clone()),
            clients: Clients::new(parts.key_source.clone()),
            addresses: parts.addresses.clone().map(Arc::new),
            meter: Meter::new(&parts.limits),
            anonymous: Arc::new(Caller::Anonymous),
            parts,
            sign_on: SignOnRules::default(),
            environments: Environments::default(),
            signing,
            hashing: Line::default(),
        }))
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.parts.db
    }

    /// The time now. Handlers use `ctx.now`.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.parts.clock)()
    }

    /// To be called after a committed change of an environment's roles, applications, secrets, grants, resources, scopes,
    /// claims, policies, users' switches or sessions, so that it acts on this node at once. Other nodes follow within ten seconds.
    pub fn forget_access(&self, environment: EnvironmentId) {
        self.access.forget(environment);
        self.clients.forget(environment);
        self.sign_on.forget(environment);
    }

    /// A read-only view of the database.
    ///
    /// # Errors
    /// When the database is not available.
    pub async fn read(&self) -> Result<Tx> {
        Ok(self.parts.db.read().await?)
    }

    /// Runs an operation in one transaction, wakes the delivery worker when it enqueued a message, and forgets what is
    /// known of tokens and clients when it changed who may do what. The closure may run again after a lost race.
    ///
    /// # Errors
    /// The operation's own, and those of the database.
    pub async fn write<A, T, F>(&self, ctx: &Ctx, input: A, work: F) -> Result<T>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t Ctx, &'t A) -> BoxFuture<'t, Result<T>> + Send + Sync + 'static,
    {
        let done =
            self.parts.db.write((ctx.clone(), input), move |tx, (ctx, input)| work(tx, ctx, input)).await;
        if ctx.posted.swap(false, Ordering::AcqRel) {
            self.parts.outbox.notify_one();
        }
        if ctx.access_changed.swap(false, Ordering::AcqRel) {
            self.forget_access(ctx.environment);
        }
        done
    }
}
