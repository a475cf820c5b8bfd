//! Names to addresses that may be called.
//!
//! The check is made on the addresses the connection will use, so a name that
//! changes its address between check and use gains nothing.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::failure::OutboundError;
use super::policy::OutboundPolicy;

pub(super) struct GuardedResolver {
    policy: Arc<OutboundPolicy>,
}

impl GuardedResolver {
    pub(super) fn new(policy: Arc<OutboundPolicy>) -> Self {
        Self { policy }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy.clone();
        Box::pin(async move {
            let addresses = permitted_addresses(&policy, name.as_str(), 0).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name or literal that the policy permits, in the
/// system's order of preference; never empty.
pub(crate) async fn permitted_addresses(
    policy: &OutboundPolicy,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, OutboundError> {
    let found: Vec<SocketAddr> =
        tokio::net::lookup_host((host, port)).await.map_err(|_| OutboundError::Unresolved)?.collect();
    if found.is_empty() {
        return Err(OutboundError::Unresolved);
    }
    let permitted: Vec<SocketAddr> = found.into_iter().filter(|found| policy.permits(found.ip())).collect();
    if permitted.is_empty() { Err(OutboundError::Forbidden) } else { Ok(permitted) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_for_this_host_is_refused_unless_allowed() {
        let closed = permitted_addresses(&OutboundPolicy::default(), "localhost", 80).await;
        assert_eq!(closed, Err(OutboundError::Forbidden));
        let open = permitted_addresses(&OutboundPolicy::development(), "localhost", 80).await.unwrap();
        assert!(open.iter().all(|address| address.ip().is_loopback() && address.port() == 80));
    }
}
