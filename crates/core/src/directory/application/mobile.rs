//! What a native application needs to be an authenticator (MFA contract 5.4).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::policy::duration::Duration;
use crate::schema::{Field, Object, duration, integer, list, nested, object, one_of, text, words};
use crate::time::Span;

/// How long a passcode stands where the application does not say, in seconds.
const PASSCODE_PERIOD: i64 = 30;
/// How many passcodes before and after are good too where the application does not say.
const PASSCODE_GRACE: i64 = 5;

words! {
    /// How a person compares numbers: picks one of three, or types it.
    pub enum NumberMatchingType {
        SelectNumber = "SELECT_NUMBER",
        EnterManually = "ENTER_MANUALLY",
    }
}

/// The `mobile` member of a native application.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    pub passcode_refresh_duration: Option<Duration>,
    /// How many passcodes before and after are good too, 1 to 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode_grace_period: Option<i64>,
    /// How its links begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri_prefix: Option<String>,
    /// How numbers are matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<MobilePush>,
    /// Whether devices must prove that they are sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity_detection: Option<IntegrityDetection>,
}

/// How an application treats pushes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MobilePush {
    /// How numbers are matched, where the policy wants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_matching: Option<NumberMatching>,
}

/// How numbers are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberMatching {
    /// Picked or typed.
    #[serde(rename = "type")]
    pub kind: NumberMatchingType,
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

impl MobileSettings {
    /// Whether it has a name at Apple or Google, so that it can be found by pairing keys for all applications.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.bundle_id.is_some() || self.package_name.is_some()
    }

    /// Whether an application that calls itself this may be it. One without names is whatever it says.
    #[must_use]
    pub fn may_be_called(&self, name: &str) -> bool {
        let mut names =
            [&self.bundle_id, &self.package_name, &self.huawei_package_name].into_iter().flatten().peekable();
        names.peek().is_none() || names.any(|known| known == name)
    }

    /// How long a passcode of it stands.
    #[must_use]
    pub fn passcode_period(&self) -> Span {
        self.passcode_refresh_duration.map_or(Span::seconds(PASSCODE_PERIOD), Duration::span)
    }

    /// How many passcodes before and after are good too.
    #[must_use]
    pub fn passcode_grace(&self) -> i64 {
        self.passcode_grace_period.unwrap_or(PASSCODE_GRACE)
    }

    /// How its users compare numbers.
    #[must_use]
    pub fn number_matching(&self) -> NumberMatchingType {
        let set = self.push.as_ref().and_then(|push| push.number_matching);
        set.map_or(NumberMatchingType::SelectNumber, |matching| matching.kind)
    }

    /// Whether devices are to prove that they are sound.
    #[must_use]
    pub fn detects_integrity(&self) -> bool {
        self.integrity_detection.as_ref().is_some_and(|detection| detection.mode == "ENABLED")
    }

    /// Puts back the names that were set before, which an update cannot take away.
    pub fn keep_names(&mut self, old: &Self) {
        let pairs = [
            (&mut self.bundle_id, &old.bundle_id),
            (&mut self.package_name, &old.package_name),
            (&mut self.huawei_app_id, &old.huawei_app_id),
            (&mut self.huawei_package_name, &old.huawei_package_name),
        ];
        for (name, old) in pairs {
            if name.is_none() {
                name.clone_from(old);
            }
        }
    }
}

pub(super) fn schema() -> Object {
    let matching = object(vec![one_of("type", NumberMatchingType::WORDS).required()]);
    object(vec![
        name("bundleId"),
        name("packageName"),
        name("huaweiAppId"),
        name("huaweiPackageName"),
        duration("passcodeRefreshDuration", &[("SECONDS", 30, 60)]),
        integer("passcodeGracePeriod", 1, 10),
        text("uriPrefix").max(2048),
        nested("push", object(vec![nested("numberMatching", matching)])),
        nested("integrityDetection", integrity()),
    ])
}

fn name(member: &'static str) -> Field {
    text(member).min(1).max(256).immutable().doc("Unique in the environment and fixed once set.")
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
