//! Alert channels: who is told when something needs an administrator.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::entity::Entity;
use crate::ids::AlertChannelId;
use crate::schema::{Declared, Object, email, list, object, one_of, text};

const SEVERITIES: &[&str] = &["INFO", "WARNING", "ERROR"];
const TYPES: &[&str] = &[
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_EXPIRING",
    "GATEWAY_VERSION_DEPRECATED",
    "GATEWAY_VERSION_DEPRECATING",
    "KEY_PAIR_EXPIRED",
    "KEY_PAIR_EXPIRING",
    "LICENSE_90_PERCENT_USER_SOFT_LIMIT",
    "LICENSE_EXPIRED",
    "LICENSE_EXPIRING",
    "LICENSE_ROTATED",
    "LICENSE_USER_HARD_LIMIT_EXCEEDED",
    "LICENSE_USER_SOFT_LIMIT_EXCEEDED",
    "RATE_LIMIT_EXCEEDED",
    "RATE_LIMIT_WARNING",
    "RISK_CONFIGURATION",
    "SUSPICIOUS_TRAFFIC",
];

/// An alert channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertChannel {
    /// For administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert_name: Option<String>,
    /// `EMAIL`.
    pub channel_type: String,
    /// Who is told.
    pub addresses: Vec<String>,
    /// All when empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_severities: Option<Vec<String>>,
    /// All when empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_alert_types: Option<Vec<String>>,
    /// None when empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_alert_types: Option<Vec<String>>,
}

impl Entity for AlertChannel {
    type Id = AlertChannelId;
    const KIND: &'static str = "ALERT_CHANNEL";
}

impl Declared for AlertChannel {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("alertName").max(256),
                one_of("channelType", &["EMAIL"]).required(),
                list("addresses", email("address").required(), 100).required().min(1),
                list("includeSeverities", one_of("severity", SEVERITIES), 10),
                list("includeAlertTypes", one_of("type", TYPES), 50),
                list("excludeAlertTypes", one_of("type", TYPES), 50),
            ])
        });
        &SCHEMA
    }
}
