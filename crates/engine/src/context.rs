//! What an operation knows about the request or job it runs for.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use postern_core::crypto::keyring::KeyRing;
use postern_core::fido::Catalogue;
use postern_core::ids::{EnvironmentId, OrganizationId, UserId};
use postern_core::permission::{Permission, Verb};
use postern_core::random::Random;
use postern_core::time::Timestamp;
use uuid::Uuid;

use crate::caller::{Access, Caller};
use crate::{Error, Result};

/// The public addresses of the services, without a trailing slash, as this caller reaches them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Urls {
    /// Management API including the version, such as `https://api.example.com/v1`.
    pub api: String,
    /// Authorization service, such as `https://auth.example.com`.
    pub auth: String,
    /// Hosted pages, such as `https://apps.example.com`.
    pub apps: String,
    /// The environment that the hosts of `auth` and `apps` stand for, as a custom domain does: their paths do not name it.
    pub stands_for: Option<EnvironmentId>,
}

impl Urls {
    /// One host for everything, such as `https://mfa.example.com`.
    #[must_use]
    pub fn on(base: &str) -> Self {
        Self { api: format!("{base}/v1"), auth: base.to_owned(), apps: base.to_owned(), stands_for: None }
    }

    /// The issuer of an environment's tokens.
    #[must_use]
    pub fn issuer(&self, environment: EnvironmentId) -> String {
        format!("{}/as", self.auth_of(environment))
    }

    /// The authorization service of an environment.
    #[must_use]
    pub fn auth_of(&self, environment: EnvironmentId) -> String {
        format!("{}{}", self.auth, self.path_of(environment))
    }

    /// The hosted pages of an environment.
    #[must_use]
    pub fn apps_of(&self, environment: EnvironmentId) -> String {
        format!("{}{}", self.apps, self.path_of(environment))
    }

    /// Where the paths of an environment begin on these hosts: `/` and its id, or nothing.
    #[must_use]
    pub fn path_of(&self, environment: EnvironmentId) -> String {
        if self.stands_for == Some(environment) { String::new() } else { format!("/{environment}") }
    }
}

/// Where a request came from; goes into sessions and audit events.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Address of the peer, or of the client behind a trusted proxy.
    pub remote_ip: Option<IpAddr>,
    /// `User-Agent`, at most 500 characters.
    pub user_agent: Option<String>,
    /// `X-Ping-External-Transaction-ID`, cleaned.
    pub transaction_id: Option<String>,
    /// `X-Ping-External-Session-ID`, cleaned.
    pub session_id: Option<String>,
}

/// Everything an operation may depend on besides its input and the database.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// The tenant.
    pub environment: EnvironmentId,
    /// The tenant's owner.
    pub organization: OrganizationId,
    /// Where the tenant is said to be; `None` above environments and for the system.
    pub region: Option<Arc<str>>,
    /// Who asks.
    pub caller: Arc<Caller>,
    /// The moment the request began; the same for the whole operation.
    pub now: Timestamp,
    /// Where random bytes come from.
    pub random: Random,
    /// Equal to the request id in logs, errors and audit events.
    pub correlation: Uuid,
    /// Seals and opens secrets.
    pub keys: Arc<KeyRing>,
    /// Public addresses.
    pub urls: Arc<Urls>,
    /// The makes of authenticators that are published.
    pub authenticators: Arc<Catalogue>,
    /// Where the request came from.
    pub origin: Arc<Origin>,
    /// Set by the outbox when the operation enqueued a message, so that the door wakes the worker after the commit.
    pub posted: Arc<AtomicBool>,
    /// Set when the operation changed who may do what in the environment, so that the door forgets after the commit what
    /// it knows of tokens and clients.
    pub access_changed: Arc<AtomicBool>,
}

impl Ctx {
    /// The context of Postern itself, for what no request asks for: the first start, sweepers, the command line.
    #[must_use]
    pub fn system(
        environment: EnvironmentId,
        now: Timestamp,
        random: &Random,
        keys: &Arc<KeyRing>,
        urls: Urls,
    ) -> Self {
        Self {
            environment,
            organization: OrganizationId::NIL,
            region: None,
            caller: Arc::new(Caller::System),
            now,
            random: random.clone(),
            correlation: random.uuid(),
            keys: Arc::clone(keys),
            urls: Arc::new(urls),
            authenticators: Arc::default(),
            origin: Arc::default(),
            posted: Arc::default(),
            access_changed: Arc::default(),
        }
    }

    /// Has the door forget what it knows of the environment's tokens and clients, once the operation is committed.
    pub fn note_access_change(&self) {
        self.access_changed.store(true, Ordering::Release);
    }

    /// Demands a permission beyond the one that the route demanded. `subject` is the user whose records are touched.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub fn demand(&self, permission: Permission, verb: Verb, subject: Option<UserId>) -> Result<()> {
        match self.caller.access(permission, verb, self.environment, self.organization, subject) {
            Access::Granted => Ok(()),
            Access::Denied | Access::Hidden => Err(Error::Denied),
        }
    }
}
