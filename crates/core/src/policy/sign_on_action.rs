//! The actions of a sign-on policy: what a person must do, in order.
//!
//! Owns the record with its kinds. Running the actions is for [`crate::flow`].

mod body;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::device_authentication::Switch;
use crate::devices::kind::DeviceType;
use crate::directory::reference::Reference;
use crate::entity::Entity;
use crate::flow::NoDevicesMode;
use crate::ids::{ApplicationId, DevicePolicyId, PopulationId, SignOnActionId, SignOnPolicyId};
use crate::schema::words;

words! {
    /// What an action asks for.
    pub enum ActionType {
        Login = "LOGIN",
        MultiFactorAuthentication = "MULTI_FACTOR_AUTHENTICATION",
        IdentifierFirst = "IDENTIFIER_FIRST",
        IdentityProvider = "IDENTITY_PROVIDER",
        ProgressiveProfiling = "PROGRESSIVE_PROFILING",
        Agreement = "AGREEMENT",
        PingIdAuthentication = "PINGID_AUTHENTICATION",
        PingIdWinLogin = "PINGID_WINLOGIN_PASSWORDLESS_AUTHENTICATION",
    }
}

/// An action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignOnAction {
    /// The policy that it belongs to; set by the server.
    pub sign_on_policy: Reference<SignOnPolicyId>,
    /// Lower goes first; from 1, unique in the policy.
    pub priority: i64,
    /// When it runs; always when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Value>,
    /// What it asks for.
    #[serde(flatten)]
    pub step: ActionStep,
}

/// What an action asks for, with its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ActionStep {
    /// Name and password.
    #[serde(rename = "LOGIN")]
    Login(LoginStep),
    /// A second factor.
    #[serde(rename = "MULTI_FACTOR_AUTHENTICATION")]
    MultiFactorAuthentication(MfaStep),
    /// The name first, then what its discovery rule says.
    #[serde(rename = "IDENTIFIER_FIRST")]
    IdentifierFirst(LoginStep),
    /// Sign-on elsewhere.
    #[serde(rename = "IDENTITY_PROVIDER")]
    IdentityProvider(IdentityProviderStep),
    /// Questions about the person.
    #[serde(rename = "PROGRESSIVE_PROFILING")]
    ProgressiveProfiling(ProfilingStep),
    /// Consent to a text.
    #[serde(rename = "AGREEMENT")]
    Agreement(AgreementStep),
    /// Another product.
    #[serde(rename = "PINGID_AUTHENTICATION")]
    PingIdAuthentication {},
    /// Another product.
    #[serde(rename = "PINGID_WINLOGIN_PASSWORDLESS_AUTHENTICATION")]
    PingIdWinLogin {},
}

/// Settings of `LOGIN` and `IDENTIFIER_FIRST`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoginStep {
    /// Whether a forgotten password can be recovered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Switch>,
    /// Whether people can make an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// Other providers that are offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub social_providers: Option<Vec<Reference<Uuid>>>,
    /// Whether a locked account cannot sign on elsewhere either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforce_lockout_for_identity_providers: Option<bool>,
    /// Gateways that know people who are not here yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_user_provisioning: Option<Value>,
    /// Which provider knows which name (`IDENTIFIER_FIRST`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discovery_rules: Option<Vec<DiscoveryRule>>,
}

/// Whether people can make an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// Whether they can.
    pub enabled: bool,
    /// Where they then belong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<Reference<PopulationId>>,
    /// A page outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external: Option<Value>,
    /// Whether they see what another provider says about them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_identity_provider_attributes: Option<bool>,
}

/// Which provider knows which name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DiscoveryRule {
    /// A text that the name contains.
    pub condition: DiscoveryCondition,
    /// The provider.
    pub identity_provider: Reference<Uuid>,
}

/// A text that a name contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoveryCondition {
    /// The text.
    pub contains: String,
    /// The name: `${identifier}`.
    pub value: String,
}

/// Settings of `MULTI_FACTOR_AUTHENTICATION`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MfaStep {
    /// Codes by text message.
    pub sms: Switch,
    /// Codes by call.
    pub voice: Switch,
    /// Codes by mail.
    pub email: Switch,
    /// Codes of an authenticator application.
    pub authenticator: Switch,
    /// Security keys.
    pub security_key: Switch,
    /// Biometrics of the machine.
    pub bound_biometrics: Switch,
    /// Native applications that may get a push.
    pub applications: Vec<MfaApplication>,
    /// The policy that rules methods; the flags above are of former times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_authentication_policy: Option<Reference<DevicePolicyId>>,
    /// What happens to a user without a usable device.
    pub no_devices_mode: NoDevicesMode,
}

/// A native application that may get a push.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MfaApplication {
    /// The application.
    pub id: ApplicationId,
    /// Whether it adds itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_enrollment: Option<Switch>,
    /// Whether the device is checked silently.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_authorization: Option<super::device_authentication::DeviceAuthorization>,
}

impl MfaStep {
    /// The methods whose flags are on.
    #[must_use]
    pub fn flagged_methods(&self) -> Vec<DeviceType> {
        let flags = [
            (self.sms, DeviceType::Sms),
            (self.voice, DeviceType::Voice),
            (self.email, DeviceType::Email),
            (self.authenticator, DeviceType::Totp),
            (self.security_key, DeviceType::SecurityKey),
            (self.bound_biometrics, DeviceType::Platform),
        ];
        let mut methods: Vec<_> =
            flags.iter().filter(|(flag, _)| flag.enabled).map(|(_, kind)| *kind).collect();
        methods.extend((!self.applications.is_empty()).then_some(DeviceType::Mobile));
        methods
    }
}

/// Settings of `IDENTITY_PROVIDER`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProviderStep {
    /// The provider.
    pub identity_provider: Reference<Uuid>,
    /// What is asked of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr_values: Option<String>,
    /// Whether it learns the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass_user_context: Option<bool>,
    /// Whether people can make an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
}

/// Settings of `PROGRESSIVE_PROFILING`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfilingStep {
    /// What is asked.
    pub attributes: Vec<ProfileAttribute>,
    /// Whether it is asked once per flow.
    pub prevent_multiple_prompts_per_flow: bool,
    /// How often it is asked, in seconds.
    pub prompt_interval_seconds: i64,
    /// What stands above the questions.
    pub prompt_text: String,
}

/// One question about the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileAttribute {
    /// The attribute.
    pub name: String,
    /// Whether it must be answered.
    pub required: bool,
}

/// Settings of `AGREEMENT`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementStep {
    /// The text.
    pub agreement: Reference<Uuid>,
    /// Whether it cannot be declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_decline_option: Option<bool>,
}

impl Entity for SignOnAction {
    type Id = SignOnActionId;
    const KIND: &'static str = "SIGN_ON_POLICY_ACTION";
}

impl SignOnAction {
    /// What it asks for.
    #[must_use]
    pub const fn kind(&self) -> ActionType {
        match self.step {
            ActionStep::Login(_) => ActionType::Login,
            ActionStep::MultiFactorAuthentication(_) => ActionType::MultiFactorAuthentication,
            ActionStep::IdentifierFirst(_) => ActionType::IdentifierFirst,
            ActionStep::IdentityProvider(_) => ActionType::IdentityProvider,
            ActionStep::ProgressiveProfiling(_) => ActionType::ProgressiveProfiling,
            ActionStep::Agreement(_) => ActionType::Agreement,
            ActionStep::PingIdAuthentication {} => ActionType::PingIdAuthentication,
            ActionStep::PingIdWinLogin {} => ActionType::PingIdWinLogin,
        }
    }
}
