//! The MFA settings of an environment: one record each.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::devices::selection::DeviceSelection;
use crate::entity::Entity;
use crate::ids::MfaSettingsId;
use crate::schema::{Declared, Object, boolean, integer, nested, object, one_of, switch, words};
use crate::time::Span;

words! {
    /// The form of pairing keys.
    pub enum PairingKeyFormat {
        Numeric = "NUMERIC",
        Alphanumeric = "ALPHANUMERIC",
    }
}

/// The MFA settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MfaSettings {
    /// Rules for adding devices.
    pub pairing: Pairing,
    /// When wrong codes lock the account; never when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lockout: Option<Lockout>,
    /// Of former times; policies decide.
    pub authentication: DeviceChoice,
    /// Extensions of telephone numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_extensions: Option<PhoneExtensions>,
    /// New users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<NewUsers>,
}

/// Rules for adding devices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pairing {
    /// Devices per user, 1 to 15.
    pub max_allowed_devices: i64,
    /// The form of pairing keys.
    pub pairing_key_format: PairingKeyFormat,
}

/// When wrong codes lock the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lockout {
    /// Wrong codes that lock.
    pub failure_count: i64,
    /// How long, in seconds; until an administrator unlocks when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<i64>,
}

impl Lockout {
    /// How long the account stays locked; `None` until an administrator unlocks it.
    #[must_use]
    pub fn duration(&self) -> Option<Span> {
        self.duration_seconds.map(Span::seconds)
    }
}

/// How a device was chosen before policies said it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceChoice {
    /// How.
    pub device_selection: DeviceSelection,
}

/// Extensions of telephone numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhoneExtensions {
    /// Whether voice devices may have one.
    pub enabled: bool,
}

/// New users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewUsers {
    /// Whether they have MFA on.
    pub mfa_enabled: bool,
}

impl Default for MfaSettings {
    /// What an environment starts with, and what a delete goes back to.
    fn default() -> Self {
        Self {
            pairing: Pairing { max_allowed_devices: 5, pairing_key_format: PairingKeyFormat::Numeric },
            lockout: None,
            authentication: DeviceChoice { device_selection: DeviceSelection::DefaultToFirst },
            phone_extensions: Some(PhoneExtensions { enabled: false }),
            users: Some(NewUsers { mfa_enabled: true }),
        }
    }
}

impl MfaSettings {
    /// Whether voice devices may have an extension.
    #[must_use]
    pub fn allows_phone_extensions(&self) -> bool {
        self.phone_extensions.as_ref().is_some_and(|extensions| extensions.enabled)
    }

    /// Whether a new user has MFA on unless its creator says otherwise.
    #[must_use]
    pub fn new_users_have_mfa(&self) -> bool {
        self.users.as_ref().is_none_or(|users| users.mfa_enabled)
    }
}

impl Entity for MfaSettings {
    type Id = MfaSettingsId;
    const KIND: &'static str = "MFA_SETTINGS";
}

impl Declared for MfaSettings {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let most = i64::from(i32::MAX);
            object(vec![
                nested(
                    "pairing",
                    object(vec![
                        integer("maxAllowedDevices", 1, 15).default(5),
                        one_of("pairingKeyFormat", PairingKeyFormat::WORDS).default("NUMERIC"),
                    ]),
                )
                .default(json!({})),
                nested(
                    "lockout",
                    object(vec![
                        integer("failureCount", 0, most).required(),
                        integer("durationSeconds", 0, most),
                    ]),
                ),
                nested(
                    "authentication",
                    object(vec![
                        one_of("deviceSelection", &["DEFAULT_TO_FIRST", "PROMPT_TO_SELECT"])
                            .default("DEFAULT_TO_FIRST"),
                    ]),
                )
                .default(json!({}))
                .doc("Of former times; device authentication policies decide."),
                switch("phoneExtensions"),
                nested("users", object(vec![boolean("mfaEnabled").required()])),
            ])
        });
        &SCHEMA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;

    #[test]
    fn the_settings_of_the_documentation_are_echoed() {
        let body = json!({"pairing": {"maxAllowedDevices": 10, "pairingKeyFormat": "ALPHANUMERIC"},
                          "lockout": {"failureCount": 6, "durationSeconds": 1200},
                          "authentication": {"deviceSelection": "DEFAULT_TO_FIRST"},
                          "phoneExtensions": {"enabled": true}, "users": {"mfaEnabled": true}});
        let (settings, _) = MfaSettings::read(&body, None, &[]).unwrap();
        assert_eq!(serde_json::to_value(settings).unwrap(), body);
    }

    #[test]
    fn what_was_not_sent_does_not_come_back() {
        let (settings, _) =
            MfaSettings::read(&json!({"pairing": {"maxAllowedDevices": 7}}), None, &[]).unwrap();
        assert!(settings.new_users_have_mfa() && !settings.allows_phone_extensions());
        let wire = serde_json::to_value(settings).unwrap();
        assert_eq!(
            wire,
            json!({"pairing": {"maxAllowedDevices": 7, "pairingKeyFormat": "NUMERIC"}, "authentication": {"deviceSelection": "DEFAULT_TO_FIRST"}})
        );
    }

    #[test]
    fn each_fault_is_named() {
        let table = [
            (json!({"pairing": {"maxAllowedDevices": 16}}), Code::OutOfRange, "pairing.maxAllowedDevices"),
            (json!({"pairing": {"pairingKeyFormat": "X"}}), Code::InvalidValue, "pairing.pairingKeyFormat"),
            (json!({"lockout": {}}), Code::RequiredValue, "lockout.failureCount"),
            (json!({"lockout": {"failureCount": -1}}), Code::OutOfRange, "lockout.failureCount"),
            (json!({"phoneExtensions": {}}), Code::RequiredValue, "phoneExtensions.enabled"),
            (
                json!({"authentication": {"deviceSelection": "X"}}),
                Code::InvalidValue,
                "authentication.deviceSelection",
            ),
        ];
        for (body, code, target) in table {
            let problems = MfaSettings::read(&body, None, &[]).unwrap_err();
            assert_eq!((problems[0].code, problems[0].target.as_deref()), (code, Some(target)), "{body}");
        }
    }
}
