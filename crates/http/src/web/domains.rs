//! Custom domains: hosts that stand for one environment, whose paths therefore do not name it.
//!
//! They serve the authorization service and the hosted pages; links in their answers stay on them. Which domains there
//! are is configured; the records of the management API are not looked at.

use std::collections::HashMap;
use std::net::IpAddr;

use http::HeaderMap;
use postern_core::ids::EnvironmentId;
use postern_engine::context::Urls;

use super::app::Parts;
use super::origin;

/// How paths begin that name their environment.
const ENVIRONMENT: &str = "/{envID}";

/// The domains, by host.
#[derive(Debug, Clone, Default)]
pub struct Domains(HashMap<String, EnvironmentId>);

impl Domains {
    /// These hosts, without ports.
    #[must_use]
    pub fn new(domains: impl IntoIterator<Item = (String, EnvironmentId)>) -> Self {
        let folded = domains.into_iter().map(|(host, environment)| (host.to_ascii_lowercase(), environment));
        Self(folded.collect())
    }

    /// The environment that the host of a request stands for; its port does not matter.
    #[must_use]
    pub fn environment(&self, host: Option<&str>) -> Option<EnvironmentId> {
        if self.0.is_empty() {
            return None;
        }
        let host = host?;
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        self.0.get(&name.to_ascii_lowercase()).copied()
    }

    /// The path as the domains serve it; nothing when there are none, or when the path names no environment.
    pub(super) fn path_without_environment(&self, path: &'static str) -> Option<&'static str> {
        path.strip_prefix(ENVIRONMENT).filter(|short| short.starts_with('/') && !self.0.is_empty())
    }

    /// The addresses as the client of a domain sees them.
    pub(super) fn urls(&self, parts: &Parts, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<Urls> {
        if self.0.is_empty() {
            return None;
        }
        let host = origin::host(headers, peer, &parts.proxies)?;
        let environment = self.environment(Some(host))?;
        let scheme = origin::scheme(headers, peer, &parts.proxies, parts.secure_cookies);
        let own = Urls::on(&format!("{scheme}://{}", usual(host, scheme)));
        let api = parts.addresses.as_ref().map_or(own.api, |urls| urls.api.clone());
        Some(Urls { api, stands_for: Some(environment), ..own })
    }
}

/// The host as issuers spell it: in small letters, and with its port only when that is not the usual one.
fn usual(host: &str, scheme: &str) -> String {
    let (name, port) =
        host.rsplit_once(':').map_or((host, None), |(name, port)| (name, port.parse::<u16>().ok()));
    let name = name.to_ascii_lowercase();
    match port.filter(|port| *port != if scheme == "https" { 443 } else { 80 }) {
        Some(port) => format!("{name}:{port}"),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_compared_without_case_and_port() {
        let environment = EnvironmentId::NIL;
        let domains = Domains::new([("Login.Example.com".to_owned(), environment)]);
        assert_eq!(domains.environment(Some("LOGIN.example.com:8443")), Some(environment));
        assert_eq!(domains.environment(Some("example.com")), None);
        assert_eq!(domains.environment(None), None);
    }

    #[test]
    fn without_domains_no_path_is_served_twice() {
        let path = "/{envID}/as/token";
        assert_eq!(Domains::default().path_without_environment(path), None);
        let domains = Domains::new([("login.example.com".to_owned(), EnvironmentId::NIL)]);
        assert_eq!(domains.path_without_environment(path), Some("/as/token"));
        assert_eq!(domains.path_without_environment("/v1/environments/{envID}"), None);
    }
}
