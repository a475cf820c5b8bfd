//! Device authentication policies, also called MFA policies: which methods count and how.
//!
//! Owns the whole model of the policy and what an environment starts with.
//! Which policy rules a call, and that exactly one is the default, is the
//! engine's business.

mod body;
mod defaults;
mod method;
mod mobile;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::duration::Duration;
use crate::devices::selection::DeviceSelection;
use crate::entity::Entity;
use crate::ids::{DevicePolicyId, Fido2PolicyId, NotificationPolicyId};
use crate::schema::words;

pub use method::Method;
pub use mobile::{
    DeviceAuthorization, ExtraVerification, MobileApplication, MobileMethod, MobileRules, Push, PushLimit,
    Switch,
};

words! {
    /// Where the news of an added device goes.
    pub enum NewDeviceNotification {
        None = "NONE",
        EmailThenSms = "EMAIL_THEN_SMS",
        SmsThenEmail = "SMS_THEN_EMAIL",
    }
}

/// A device authentication policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DevicePolicy {
    /// Unique in the environment.
    pub name: String,
    /// How a device is chosen.
    pub authentication: Authentication,
    /// The policy of limits for messages; the environment's default when empty.
    pub notifications_policy: NotificationsPolicy,
    /// Where the news of an added device goes.
    pub new_device_notification: NewDeviceNotification,
    /// Codes by text message.
    pub sms: OfflineMethod,
    /// Codes by mail.
    pub email: OfflineMethod,
    /// Push and codes of the mobile application.
    pub mobile: MobileMethod,
    /// Codes of an authenticator application.
    pub totp: TotpMethod,
    /// Codes by call.
    pub voice: OfflineMethod,
    /// Codes by WhatsApp.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whats_app: Option<OfflineMethod>,
    /// Passkeys and security keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fido2: Option<Fido2Method>,
    /// Codes of hardware tokens.
    pub oath_token: OathMethod,
    /// Browsers that need no second code for a while.
    pub remember_me: RememberMe,
    /// Always off; clients expect the member.
    pub ping_id_desktop_gen2: OathMethod,
    /// Whether a locked account may still authenticate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_user_lock: Option<bool>,
    /// Of former times; always false.
    #[serde(default)]
    pub for_sign_on_policy: bool,
    /// Whether disabled users are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_disabled_users: Option<bool>,
    /// Whether users without MFA are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_users_with_disabled_mfa: Option<bool>,
    /// Whether it rules where nothing else is said; one per environment.
    pub default: bool,
}

/// How a device is chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authentication {
    /// How a device is chosen.
    pub device_selection: DeviceSelection,
}

/// Which notification policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NotificationsPolicy {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<NotificationPolicyId>,
}

/// How many wrong codes, and then how long a rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Wrong codes that block, 1 to 7.
    pub count: i64,
    /// How long the device then rests.
    pub cool_down: Duration,
}

/// A method whose codes are sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfflineMethod {
    /// Whether it counts.
    pub enabled: bool,
    /// Whether no new device can be added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
    /// Whether people are asked for a nickname when they add one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_nickname_on_pairing: Option<bool>,
    /// Its codes.
    pub otp: OfflineOtp,
}

/// Codes that are sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfflineOtp {
    /// What wrong codes lead to.
    pub failure: Failure,
    /// How long a code is good.
    pub life_time: Duration,
    /// Digits of a code, 6 to 10.
    pub otp_length: i64,
}

/// What wrong codes of a device that makes its own lead to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceOtp {
    /// What wrong codes lead to.
    pub failure: Failure,
}

/// Codes of an authenticator application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TotpMethod {
    /// Whether it counts.
    pub enabled: bool,
    /// Whether no new device can be added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
    /// Whether people are asked for a nickname when they add one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_nickname_on_pairing: Option<bool>,
    /// What wrong codes lead to.
    pub otp: DeviceOtp,
    /// Parameters added to the key URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri_parameters: Option<BTreeMap<String, String>>,
    /// How many codes before and after are good too, 1 to 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode_grace_period: Option<i64>,
}

/// Passkeys and security keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fido2Method {
    /// Whether it counts.
    pub enabled: bool,
    /// Whether no new device can be added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
    /// Whether people are asked for a nickname when they add one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_nickname_on_pairing: Option<bool>,
    /// The FIDO2 policy; the environment's default when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fido2_policy_id: Option<Fido2PolicyId>,
    /// What failures lead to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// Codes of hardware tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OathMethod {
    /// Whether it counts.
    pub enabled: bool,
    /// Whether no new device can be added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
    /// Whether people are asked for a nickname when they add one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_nickname_on_pairing: Option<bool>,
    /// What wrong codes lead to.
    pub otp: DeviceOtp,
}

/// Browsers that need no second code for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RememberMe {
    /// The browsers.
    pub web: RememberedBrowser,
}

/// Whether and how long browsers are remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RememberedBrowser {
    /// Whether.
    pub enabled: bool,
    /// How long.
    pub life_time: Duration,
}

impl Entity for DevicePolicy {
    type Id = DevicePolicyId;
    const KIND: &'static str = "DEVICE_AUTHENTICATION_POLICY";
}

impl DevicePolicy {
    /// Whether a locked account is refused.
    #[must_use]
    pub fn respects_user_lock(&self) -> bool {
        self.ignore_user_lock != Some(true)
    }

    /// Whether a disabled user is refused.
    #[must_use]
    pub fn blocks_disabled_users(&self) -> bool {
        self.block_disabled_users == Some(true)
    }

    /// Whether a user without MFA is refused.
    #[must_use]
    pub fn blocks_users_with_disabled_mfa(&self) -> bool {
        self.block_users_with_disabled_mfa == Some(true)
    }
}
