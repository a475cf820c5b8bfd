//! FIDO2 policies: which authenticators may be registered and used, and how they are asked (MFA contract 4.1).
//!
//! Owns the whole model of the policy and what an environment starts with.
//! Which FIDO2 policy rules a call, and that exactly one is the default, is the
//! engine's business; whether an authenticator is on a list is [`crate::fido`]'s.

mod body;
mod display;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use url::Url;

use super::duration::Duration;
use crate::entity::Entity;
use crate::ids::Fido2PolicyId;
use crate::schema::words;

pub use body::is_relying_party_id;
pub(crate) use body::relying_party_id;
pub use display::{DisplayAttribute, DisplayNames, DisplaySuffix, SubAttribute};

words! {
    /// Whether authenticators must say of what make they are.
    pub enum AttestationWish {
        None = "NONE",
        Direct = "DIRECT",
        Enterprise = "ENTERPRISE",
    }
}

words! {
    /// Built into the device, apart from it, or either.
    pub enum Attachment {
        Platform = "PLATFORM",
        CrossPlatform = "CROSS_PLATFORM",
        Both = "BOTH",
    }
}

words! {
    /// How much something is wanted.
    pub enum Wanted {
        Discouraged = "DISCOURAGED",
        Preferred = "PREFERRED",
        Required = "REQUIRED",
    }
}

words! {
    /// Which authenticators are allowed, by what their makers published.
    pub enum MdsOption {
        None = "NONE",
        AuditOnly = "AUDIT_ONLY",
        Global = "GLOBAL",
        Certified = "CERTIFIED",
        Specific = "SPECIFIC",
    }
}

words! {
    /// What the browser should offer first.
    pub enum Hint {
        SecurityKey = "SECURITY_KEY",
        ClientDevice = "CLIENT_DEVICE",
        Hybrid = "HYBRID",
    }
}

/// A FIDO2 policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fido2Policy {
    /// Unique in the environment.
    pub name: String,
    /// For administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What its devices are called: a text, or the key of a translated one.
    pub device_display_name: String,
    /// Whether the authenticator keeps the credential, so that it can name its user.
    pub discoverable_credentials: Wanted,
    /// What kind of authenticator.
    pub authenticator_attachment: Attachment,
    /// Whether the authenticator checks who uses it.
    pub user_verification: UserVerification,
    /// How long the browser waits for the person.
    pub user_presence_timeout: Duration,
    /// Whether credentials may leave the authenticator for a backup.
    pub backup_eligibility: BackupEligibility,
    /// What the authenticator calls the user.
    pub user_display_name_attributes: DisplayNames,
    /// Whether authenticators must say of what make they are.
    pub attestation_requirements: AttestationWish,
    /// Which makes are allowed.
    pub mds_authenticators_requirements: MdsRequirements,
    /// The domain that credentials are bound to.
    pub relying_party_id: String,
    /// What the browser should offer first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_credential_hints: Option<Vec<Hint>>,
    /// Whether a user's passkeys are offered as one.
    pub aggregate_devices: bool,
    /// Whether it rules where nothing else is said; one per environment.
    pub default: bool,
}

/// Whether the authenticator checks who uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserVerification {
    /// At each use too, not only when the credential is made.
    pub enforce_during_authentication: bool,
    /// How much.
    pub option: Wanted,
}

/// Whether credentials may be backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackupEligibility {
    /// At each use too, not only when the credential is made.
    pub enforce_during_authentication: bool,
    /// Whether they may.
    pub allow: bool,
}

/// Which makes of authenticators are allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MdsRequirements {
    /// At each use too, not only when the credential is made.
    pub enforce_during_authentication: bool,
    /// Which.
    pub option: MdsOption,
    /// Those of `SPECIFIC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_authenticators: Option<Vec<AllowedAuthenticator>>,
}

/// A make of authenticator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowedAuthenticator {
    /// Its `mdsIdentifier`.
    pub id: String,
}

impl MdsRequirements {
    /// Whether this make is among those that `SPECIFIC` names.
    #[must_use]
    pub fn names(&self, identifier: &str) -> bool {
        self.allowed_authenticators
            .iter()
            .flatten()
            .any(|allowed| allowed.id.eq_ignore_ascii_case(identifier))
    }
}

impl Entity for Fido2Policy {
    type Id = Fido2PolicyId;
    const KIND: &'static str = "FIDO_POLICY";
}

impl Fido2Policy {
    /// The default policy of a new environment whose authorization service is at this URL.
    #[must_use]
    pub fn initial_at(url: &str) -> Self {
        let url = Url::parse(url).ok();
        let host = url.as_ref().and_then(Url::host_str);
        Self::initial_default(host.unwrap_or_default())
    }

    /// The default policy of a new environment, for the relying party of this host: passkeys of every make.
    /// Hosts that are no domains, such as IP addresses, give `localhost`.
    #[must_use]
    pub fn initial_default(host: &str) -> Self {
        let relying_party_id = if is_relying_party_id(host) { host } else { "localhost" };
        Self {
            name: "Passkeys".to_owned(),
            description: None,
            device_display_name: "fidoPolicy.deviceDisplayName01".to_owned(),
            discoverable_credentials: Wanted::Preferred,
            authenticator_attachment: Attachment::Both,
            user_verification: UserVerification {
                enforce_during_authentication: true,
                option: Wanted::Preferred,
            },
            user_presence_timeout: Duration::minutes(2),
            backup_eligibility: BackupEligibility { enforce_during_authentication: true, allow: true },
            user_display_name_attributes: DisplayNames::username(),
            attestation_requirements: AttestationWish::None,
            mds_authenticators_requirements: MdsRequirements {
                enforce_during_authentication: false,
                option: MdsOption::None,
                allowed_authenticators: None,
            },
            relying_party_id: relying_party_id.to_owned(),
            public_key_credential_hints: None,
            aggregate_devices: false,
            default: true,
        }
    }

    /// Whether the authenticator must check who uses it when the credential is used; without a user name always.
    #[must_use]
    pub fn verifies_user(&self, usernameless: bool) -> bool {
        let UserVerification { enforce_during_authentication, option } = self.user_verification;
        usernameless || (enforce_during_authentication && option == Wanted::Required)
    }

    /// Whether a credential that can be backed up may be used.
    #[must_use]
    pub fn allows_use_of(&self, backup_eligible: bool) -> bool {
        let BackupEligibility { enforce_during_authentication, allow } = self.backup_eligibility;
        allow || !enforce_during_authentication || !backup_eligible
    }
}
