//! The one outbound HTTP client.
//!
//! Owns the limits that every call to the outside keeps: no redirects, five
//! seconds to connect and ten in all, 64 KiB of answer, no proxy from the
//! environment, and addresses only where [`OutboundPolicy`] allows. Leaves the
//! meaning of an answer to the provider that asked.

mod address;
mod call;
mod failure;
mod policy;
mod resolver;
mod retry_after;
mod status;

pub use call::{Answer, Call};
pub use failure::OutboundError;
pub(crate) use failure::in_chain;
pub use policy::OutboundPolicy;
pub(crate) use resolver::permitted_addresses;
pub(crate) use status::outcome as by_status;

use std::sync::Arc;
use std::time::Duration;

use postern_core::time::Timestamp;

/// How long a connection may take to open, name resolution included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a call may take from start to the last byte of the answer.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
/// How much of an answer is read; the rest is dropped.
pub const ANSWER_LIMIT: usize = 64 * 1024;

/// A client for all calls to the outside. Cheap to clone; clones share the
/// connection pool.
#[derive(Clone)]
pub struct Outbound {
    client: reqwest::Client,
    /// Speaks nothing but HTTP/2.
    second: reqwest::Client,
    policy: Arc<OutboundPolicy>,
}

impl Outbound {
    /// A client under this policy. A TLS crypto provider must be installed.
    ///
    /// # Errors
    /// [`OutboundError::Unusable`] when TLS cannot be set up.
    pub fn new(policy: OutboundPolicy) -> Result<Self, OutboundError> {
        let policy = Arc::new(policy);
        let client = builder(&policy).build().map_err(|_| OutboundError::Unusable)?;
        let second = builder(&policy).http2_prior_knowledge().build().map_err(|_| OutboundError::Unusable)?;
        Ok(Self { client, second, policy })
    }

    /// The policy it keeps.
    #[must_use]
    pub fn policy(&self) -> &Arc<OutboundPolicy> {
        &self.policy
    }

    /// Makes one call. Every status is an answer, not an error.
    ///
    /// # Errors
    /// [`OutboundError`] when the call is not permitted or no status came back.
    pub async fn send(&self, call: Call, now: Timestamp) -> Result<Answer, OutboundError> {
        self.policy.check(call.url())?;
        let client = if call.is_http2() { &self.second } else { &self.client };
        let response =
            call.into_request(client)?.send().await.map_err(|error| OutboundError::from_client(&error))?;
        Ok(Answer::read(response, now).await)
    }
}

/// A client with all limits.
fn builder(policy: &Arc<OutboundPolicy>) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("postern/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .pool_idle_timeout(Duration::from_secs(60))
        .pool_max_idle_per_host(128)
        .dns_resolver(resolver::GuardedResolver::new(Arc::clone(policy)))
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").field("policy", &self.policy).finish_non_exhaustive()
    }
}
