//! Addresses that no rate limit counts.

use postern_core::permission::{Area, Permission};
use postern_core::policy::rate_limit_ip::RateLimitIp;
use serde_json::{Value, json};

use crate::mgmt::resource::{Resource, Verb};

/// See the module.
pub struct RateLimitIps;

impl Resource for RateLimitIps {
    type Doc = RateLimitIp;
    const PATH: &'static str = "/v1/environments/{envID}/rateLimitIpConfigs";
    const ITEM: &'static str = "/v1/environments/{envID}/rateLimitIpConfigs/{rateLimitConfigurationID}";
    const ID: &'static str = "rateLimitConfigurationID";
    const EMBEDDED: &'static str = "rateLimitIpConfigs";
    const TITLE: &'static str = "rate limit configuration";
    const GROUP: &'static str = "Rate limit configurations";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Create, Verb::Read, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Environments);
    const WRITE: Permission = Permission::Write(Area::Environments);

    fn example(n: usize) -> Value {
        json!({ "type": "WHITELIST", "value": format!("192.0.2.{n}") })
    }
}
