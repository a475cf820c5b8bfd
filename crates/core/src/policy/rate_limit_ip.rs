//! Addresses that no rate limit of PingOne counts. They are kept and shown.

use std::net::IpAddr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::entity::Entity;
use crate::ids::RateLimitIpId;
use crate::schema::{Declared, Object, object, one_of, text};

/// Addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimitIp {
    /// `WHITELIST`.
    #[serde(rename = "type")]
    pub kind: String,
    /// An address or a range.
    pub value: String,
}

impl Entity for RateLimitIp {
    type Id = RateLimitIpId;
    const KIND: &'static str = "RATE_LIMIT_CONFIGURATION";
}

impl Declared for RateLimitIp {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                one_of("type", &["WHITELIST"]).required(),
                text("value")
                    .required()
                    .max(64)
                    .pattern("an IP address or a range in CIDR notation", is_range),
            ])
        });
        &SCHEMA
    }
}

fn is_range(text: &str) -> bool {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= most))
}

#[cfg(test)]
mod tests {
    use super::is_range;

    #[test]
    fn addresses_and_ranges_of_both_kinds_are_taken() {
        for text in ["192.0.2.1", "192.0.2.0/24", "2001:db8::1", "2001:db8::/32"] {
            assert!(is_range(text), "{text}");
        }
        for text in ["", "192.0.2", "192.0.2.0/33", "example.com", "192.0.2.0/", "2001:db8::/129"] {
            assert!(!is_range(text), "{text}");
        }
    }
}
