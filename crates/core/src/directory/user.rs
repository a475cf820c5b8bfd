//! Users: people who sign on.
//!
//! Owns what a user record says. Its password, devices and sessions are records
//! of their own. An update leaves population, identity provider, `enabled`,
//! `mfaEnabled`, life cycle and account alone; they have their own doors.

mod body;
mod name;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::account::{Account, AccountView};
use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{PopulationId, SchemaAttributeId, UserId};
use crate::schema::words;
use crate::time::Timestamp;

pub use body::{fill_owned, import_schema};

words! {
    /// Who vouches for a user.
    pub enum IdentityProviderType {
        PingOne = "PING_ONE",
        Facebook = "FACEBOOK",
        Google = "GOOGLE",
        LinkedIn = "LINKEDIN",
        LinkedInOidc = "LINKEDIN_OIDC",
        Apple = "APPLE",
        Twitter = "TWITTER",
        Amazon = "AMAZON",
        Yahoo = "YAHOO",
        Microsoft = "MICROSOFT",
        PayPal = "PAYPAL",
        GitHub = "GITHUB",
        OpenIdConnect = "OPENID_CONNECT",
        Saml = "SAML",
    }
}

words! {
    /// Whether the account waits for its verification.
    pub enum LifecycleStatus {
        AccountOk = "ACCOUNT_OK",
        VerificationRequired = "VERIFICATION_REQUIRED",
    }
}

words! {
    /// State of an identity verification.
    pub enum VerifyStatus {
        NotInitiated = "NOT_INITIATED",
        Enabled = "ENABLED",
        Disabled = "DISABLED",
    }
}

/// A user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The stored part of the account; answers show [`User::account_view`].
    #[serde(default)]
    pub account: Account,
    /// An id given by the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// A postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Values of attributes that the environment added, by the attribute; answers show them by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_attributes: BTreeMap<SchemaAttributeId, Value>,
    /// Until when the user needs no MFA.
    #[serde(rename = "bypassMFAEnabledUntil", skip_serializing_if = "Option::is_none")]
    pub bypass_mfa_enabled_until: Option<Timestamp>,
    /// Where mail goes.
    pub email: String,
    /// Whether the user proved to read that mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// Whether the user may sign on at all.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// An id in another system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Who vouches for the user.
    #[serde(default)]
    pub identity_provider: IdentityProvider,
    /// When and from where the user last signed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sign_on: Option<LastSignOn>,
    /// Whether the account is complete.
    #[serde(default)]
    pub lifecycle: Lifecycle,
    /// A language tag, for formats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Whether the user must pass MFA where a policy asks for it.
    #[serde(default)]
    pub mfa_enabled: bool,
    /// A phone number for information; MFA uses devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile_phone: Option<String>,
    /// The parts of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// What friends say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<Photo>,
    /// The population that the user belongs to.
    pub population: Reference<PopulationId>,
    /// Languages that the user reads, as in `Accept-Language`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_language: Option<String>,
    /// A phone number for information; MFA uses devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_phone: Option<String>,
    /// An IANA time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// A job title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What kind of user, in the customer's words.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What the user types to sign on; unique in the environment whatever the case.
    pub username: String,
    /// State of an identity verification.
    #[serde(default = "not_initiated")]
    pub verify_status: VerifyStatus,
}

/// The parts of a name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct Name {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honorific_prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honorific_suffix: Option<String>,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Where it is.
    pub href: String,
}

/// Who vouches for a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityProvider {
    /// The provider's record; absent for Postern itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// What kind of provider.
    #[serde(rename = "type")]
    pub kind: IdentityProviderType,
}

impl Default for IdentityProvider {
    fn default() -> Self {
        Self { id: None, kind: IdentityProviderType::PingOne }
    }
}

/// Whether the account is complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifecycle {
    /// Its state.
    pub status: LifecycleStatus,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self { status: LifecycleStatus::AccountOk }
    }
}

/// When and from where a user last signed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastSignOn {
    /// When.
    pub at: Timestamp,
    /// From which address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<String>,
}

fn yes() -> bool {
    true
}

fn not_initiated() -> VerifyStatus {
    VerifyStatus::NotInitiated
}

impl Entity for User {
    type Id = UserId;
    const KIND: &'static str = "USER";
}

impl User {
    /// Neither disabled nor locked.
    #[must_use]
    pub fn can_authenticate(&self, now: Timestamp) -> bool {
        self.enabled && !self.account.is_locked(now)
    }

    /// The account as answers show it.
    #[must_use]
    pub fn account_view(&self, now: Timestamp) -> AccountView {
        self.account.view(self.enabled, now)
    }

    /// Whether the user needs no MFA at this moment.
    #[must_use]
    pub fn bypasses_mfa(&self, now: Timestamp) -> bool {
        self.bypass_mfa_enabled_until.is_some_and(|end| now < end)
    }
}
