//! The mobile method: push and codes of native applications.

mod rules;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::DeviceOtp;
use super::body::{FAILURE_COUNT, cool_down};
use crate::ids::ApplicationId;
use crate::policy::duration::Duration;
pub use rules::{ExtraVerification, MobileRules};

use crate::schema::{Field, boolean, duration, integer, list, nested, object, one_of, switch, uuid};

/// The mobile method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MobileMethod {
    /// Whether it counts.
    pub enabled: bool,
    /// Whether people are asked for a nickname when they add one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_nickname_on_pairing: Option<bool>,
    /// What wrong codes lead to.
    pub otp: DeviceOtp,
    /// The applications, each with its settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applications: Option<Vec<MobileApplication>>,
}

/// A switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// On or off.
    pub enabled: bool,
}

/// Push of an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Push {
    /// Whether it is sent.
    pub enabled: bool,
    /// Whether the person compares numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_matching: Option<Switch>,
}

/// Whether a device is checked silently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceAuthorization {
    /// Whether it is.
    pub enabled: bool,
    /// `permissive` or `restrictive`: whether silence passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_verification: Option<String>,
}

/// How many pushes may go unanswered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushLimit {
    /// How many, 1 to 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// Within how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_period: Option<Duration>,
    /// How long the device then rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock_duration: Option<Duration>,
}

/// What a policy says about one application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MobileApplication {
    /// The application.
    pub id: ApplicationId,
    /// Push.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<Push>,
    /// Codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otp: Option<Switch>,
    /// Whether it adds itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_enrollment: Option<Switch>,
    /// Whether the device is checked silently.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_authorization: Option<DeviceAuthorization>,
    /// How long a push waits for its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push_timeout: Option<Duration>,
    /// How long a pairing key is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_key_lifetime: Option<Duration>,
    /// How many pushes may go unanswered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push_limit: Option<PushLimit>,
    /// `permissive` or `restrictive`: whether a device of unknown soundness passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity_detection: Option<String>,
    /// Whether no new device can be added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
}

/// What silence means.
const STRICTNESS: &[&str] = &["permissive", "restrictive"];
/// Up to two hours.
const TWO_HOURS: &[(&str, i64, i64)] = &[("MINUTES", 1, 120), ("SECONDS", 60, 7200)];

pub(super) fn field() -> Field {
    let (least, most) = FAILURE_COUNT;
    let failure = object(vec![
        integer("count", least, most).default(3),
        cool_down(&[("MINUTES", 2, 30), ("SECONDS", 120, 1800)])
            .default(json!({"duration": 2, "timeUnit": "MINUTES"})),
    ]);
    nested(
        "mobile",
        object(vec![
            boolean("enabled").required(),
            boolean("promptForNicknameOnPairing"),
            nested("otp", object(vec![nested("failure", failure).default(json!({}))])).default(json!({})),
            list("applications", application(), 50),
        ]),
    )
}

fn application() -> Field {
    let limit = object(vec![
        integer("count", 1, 50),
        duration("timePeriod", TWO_HOURS),
        duration("lockDuration", TWO_HOURS),
    ]);
    nested(
        "application",
        object(vec![
            uuid("id").required(),
            nested("push", object(vec![boolean("enabled").required(), switch("numberMatching")])),
            switch("otp"),
            switch("autoEnrollment"),
            nested(
                "deviceAuthorization",
                object(vec![boolean("enabled").required(), one_of("extraVerification", STRICTNESS)]),
            ),
            duration("pushTimeout", &[("SECONDS", 40, 150)]),
            duration("pairingKeyLifetime", &[("MINUTES", 1, 2880), ("HOURS", 1, 48)]),
            nested("pushLimit", limit),
            one_of("integrityDetection", STRICTNESS),
            boolean("pairingDisabled"),
        ]),
    )
}
