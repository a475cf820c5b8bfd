//! The one licence that every organization has: everything built is allowed.

use serde_json::{Value, json};

/// Its name, by which clients find it.
pub const LICENSE_NAME: &str = "Postern";
/// Its package.
pub const LICENSE_PACKAGE: &str = "POSTERN";

/// The members of the licence besides its id and dates.
#[must_use]
pub fn license_body() -> Value {
    json!({
        "name": LICENSE_NAME,
        "package": LICENSE_PACKAGE,
        "status": "ACTIVE",
        "environments": {
            "allowAddResources": true,
            "allowConnections": true,
            "allowCustomDomain": true,
            "allowCustomSchema": true,
            "allowProduction": true,
            "regions": ["NORTH_AMERICA", "CA", "EU", "AP", "AU", "SG"],
        },
        "mfa": {
            "allowPushNotification": true,
            "allowNotificationOutsideWhitelist": true,
            "allowFido2Devices": true,
            "allowVoiceOtp": true,
            "allowEmailOtp": true,
            "allowSmsOtp": true,
            "allowTotp": true,
        },
    })
}
