//! Where calls may go.
//!
//! Owns the rule on scheme and address. Literal addresses in a URL are judged
//! here; names are judged by the resolver, after resolution, with the same rule.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use super::address::{Reach, reach, unwrapped};
use super::failure::OutboundError;

/// Where calls may go. The default is the public internet over TLS only.
#[derive(Debug, Clone, Default)]
pub struct OutboundPolicy {
    /// Also this host and private networks; never link-local, metadata,
    /// multicast or reserved addresses.
    pub allow_private: bool,
    /// Also these networks, whatever they are.
    pub allow: Vec<IpNet>,
    /// `http` as well as `https`; and mail without TLS to loopback and private
    /// addresses that are permitted by the other two.
    pub allow_plaintext: bool,
}

impl OutboundPolicy {
    /// For development: this host, and without TLS.
    #[must_use]
    pub fn development() -> Self {
        let loopback = ["127.0.0.0/8", "::1/128"];
        let allow = loopback.iter().filter_map(|net| net.parse().ok()).collect();
        Self { allow_private: false, allow, allow_plaintext: true }
    }

    /// Whether a connection to this address is permitted.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        let inner = unwrapped(address);
        if self.allow.iter().any(|net| net.contains(&inner)) {
            return true;
        }
        match reach(address) {
            Reach::Public => true,
            Reach::Loopback | Reach::Private => self.allow_private,
            Reach::Special => false,
        }
    }

    /// Whether mail may go to this address without TLS.
    pub(crate) fn permits_plain_mail(&self, address: IpAddr) -> bool {
        self.allow_plaintext && matches!(reach(address), Reach::Loopback | Reach::Private)
    }

    /// Refuses a URL by its scheme, its form or its literal address.
    pub(crate) fn check(&self, url: &Url) -> Result<(), OutboundError> {
        match url.scheme() {
            "https" => {}
            "http" if self.allow_plaintext => {}
            "http" => return Err(OutboundError::Plaintext),
            _ => return Err(OutboundError::Malformed),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundError::Malformed);
        }
        let literal = match url.host() {
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            None => return Err(OutboundError::Malformed),
        };
        if self.permits(literal) { Ok(()) } else { Err(OutboundError::Forbidden) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(policy: &OutboundPolicy, url: &str) -> Result<(), OutboundError> {
        policy.check(&Url::parse(url).unwrap())
    }

    #[test]
    fn literal_addresses_in_every_spelling_are_judged() {
        let policy = OutboundPolicy::default();
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[2002:7f00:1::]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://0.0.0.0/",
        ] {
            assert_eq!(check(&policy, url), Err(OutboundError::Forbidden), "{url}");
        }
        assert_eq!(check(&policy, "https://93.184.216.34/"), Ok(()));
        assert_eq!(check(&policy, "https://gateway.example/"), Ok(()));
    }

    #[test]
    fn schemes_other_than_https_need_permission() {
        let policy = OutboundPolicy::default();
        assert_eq!(check(&policy, "http://gateway.example/"), Err(OutboundError::Plaintext));
        assert_eq!(check(&policy, "ftp://gateway.example/"), Err(OutboundError::Malformed));
        assert_eq!(check(&policy, "https://me:you@gateway.example/"), Err(OutboundError::Malformed));
        assert_eq!(check(&OutboundPolicy::development(), "http://gateway.example/"), Ok(()));
    }

    #[test]
    fn private_networks_open_by_flag_and_special_ones_only_by_name() {
        let private = OutboundPolicy { allow_private: true, ..OutboundPolicy::default() };
        assert!(private.permits("10.0.0.1".parse().unwrap()));
        assert!(private.permits("::1".parse().unwrap()));
        assert!(!private.permits("169.254.169.254".parse().unwrap()));
        let named =
            OutboundPolicy { allow: vec!["169.254.0.0/16".parse().unwrap()], ..OutboundPolicy::default() };
        assert!(named.permits("169.254.169.254".parse().unwrap()));
        assert!(named.permits("::ffff:169.254.169.254".parse().unwrap()));
        assert!(!named.permits("10.0.0.1".parse().unwrap()));
        assert!(OutboundPolicy::development().permits("127.0.0.1".parse().unwrap()));
        assert!(!OutboundPolicy::development().permits("10.0.0.1".parse().unwrap()));
    }
}
