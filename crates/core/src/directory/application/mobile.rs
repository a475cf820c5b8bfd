//! What a native application needs to be an authenticator.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::{Object, duration, integer, list, nested, object, one_of, text};

/// The `mobile` member of a native application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MobileSettings {
    /// Its name at Apple; unique in the environment, fixed once set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_id: Option<String>,
    /// Its name at Google; unique in the environment, fixed once set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_name: Option<String>,
    /// Its id at Huawei; unique in the environment, fixed once set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huawei_app_id: Option<String>,
    /// Its name at Huawei; unique in the environment, fixed once set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huawei_package_name: Option<String>,
    /// How often its passcode changes, 30 to 60 seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode_refresh_duration: Option<Value>,
    /// How many passcodes before and after are good too, 1 to 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode_grace_period: Option<i64>,
    /// How its links begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri_prefix: Option<String>,
    /// How numbers are matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<Value>,
    /// Whether devices must prove that they are sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity_detection: Option<IntegrityDetection>,
}

/// Whether devices must prove that they are sound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntegrityDetection {
    /// `ENABLED` or `DISABLED`.
    pub mode: String,
    /// `IOS` or `GOOGLE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded_platforms: Option<Vec<String>>,
    /// How long a proof is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_duration: Option<Value>,
    /// How Google's proofs are read, without its secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub google_play: Option<Value>,
}

pub(super) fn schema() -> Object {
    let matching = object(vec![one_of("type", &["SELECT_NUMBER", "ENTER_MANUALLY"]).required()]);
    object(vec![
        text("bundleId").max(256).immutable(),
        text("packageName").max(256).immutable(),
        text("huaweiAppId").max(256).immutable(),
        text("huaweiPackageName").max(256).immutable(),
        duration("passcodeRefreshDuration", &[("SECONDS", 30, 60)]),
        integer("passcodeGracePeriod", 1, 10),
        text("uriPrefix").max(2048),
        nested("push", object(vec![nested("numberMatching", matching)])),
        nested("integrityDetection", integrity()),
    ])
}

fn integrity() -> Object {
    let google_play = object(vec![
        one_of("verificationType", &["GOOGLE", "INTERNAL"]).required(),
        text("serviceAccountCredentials").max(16 * 1024).multiline().secret(),
        text("decryptionKey").max(4096).secret(),
        text("verificationKey").max(4096).secret(),
    ]);
    object(vec![
        one_of("mode", &["ENABLED", "DISABLED"]).required(),
        list("excludedPlatforms", one_of("platform", &["IOS", "GOOGLE"]), 1),
        duration("cacheDuration", &[("MINUTES", 1, 2880), ("HOURS", 1, 48)]).spelled("amount", "units"),
        nested("googlePlay", google_play),
    ])
}
