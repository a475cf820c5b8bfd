//! What a sign-on policy demands, as a list of steps fixed when the flow starts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::devices::kind::DeviceType;
use crate::ids::DevicePolicyId;

/// What happens to a user without a usable device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoDevicesMode {
    /// The flow fails.
    #[default]
    Block,
    /// The step is skipped.
    Bypass,
}

/// One action of the policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What it demands.
    pub demand: Demand,
    /// When it runs; absent means always. PingOne's JSON, see [`super::condition`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Value>,
}

impl Step {
    /// Whether it demands a device.
    #[must_use]
    pub const fn asks_devices(&self) -> bool {
        matches!(self.demand, Demand::MultiFactorAuthentication(_))
    }
}

/// What a step demands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Demand {
    /// A name and a password.
    Login {
        /// Whether a forgotten password can be recovered by mail.
        #[serde(default)]
        recovery: bool,
    },
    /// A code on a device.
    MultiFactorAuthentication(Mfa),
    /// An action that is not built; the flow fails and names it.
    Unsupported {
        /// PingOne's name of the action.
        action: String,
    },
}

/// What an MFA step demands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mfa {
    /// The policy that rules devices; the environment's default when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_policy: Option<DevicePolicyId>,
    /// The only methods that count, when the action names any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub methods: Option<Vec<DeviceType>>,
    /// What happens without a usable device.
    #[serde(default)]
    pub no_devices: NoDevicesMode,
}

impl Mfa {
    /// Whether the action lets this type of device count. The flags of former times for security keys and biometrics
    /// both stand for passkeys.
    #[must_use]
    pub fn allows(&self, kind: DeviceType) -> bool {
        self.methods.as_ref().is_none_or(|methods| {
            methods.iter().any(|method| match method {
                DeviceType::SecurityKey | DeviceType::Platform => kind == DeviceType::Fido2,
                other => *other == kind,
            })
        })
    }
}
