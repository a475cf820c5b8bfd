//! What an actor may do: areas of the API, read or write, and sets of both.
//!
//! Owns the vocabulary. Which built-in role holds which set is in
//! [`crate::directory::role`]; which caller holds which role in which scope is
//! the engine's to find out.

mod own;
mod set;

use crate::schema::words;

pub use own::{OWN_SCOPES, OwnRights, OwnScope, Verb};
pub use set::PermissionSet;

words! {
    /// A part of the API that is granted as a whole. The word is the last part of the classifier.
    pub enum Area {
        Organizations = "organizations",
        Environments = "environments",
        Licenses = "licenses",
        Roles = "roles",
        RoleAssignments = "roleAssignments",
        Populations = "populations",
        Groups = "groups",
        Users = "users",
        UserAccounts = "userAccounts",
        UserPasswords = "userPasswords",
        MfaEnabled = "userMfaEnabled",
        Devices = "devices",
        PairingKeys = "pairingKeys",
        OathTokens = "oathTokens",
        DeviceAuthentications = "deviceAuthentications",
        Sessions = "sessions",
        Applications = "applications",
        ApplicationSecrets = "applicationSecrets",
        PushCredentials = "pushCredentials",
        Grants = "grants",
        Resources = "resources",
        SignOnPolicies = "signOnPolicies",
        DevicePolicies = "deviceAuthenticationPolicies",
        Fido2Policies = "fido2Policies",
        MfaSettings = "mfaSettings",
        PasswordPolicies = "passwordPolicies",
        Templates = "notificationTemplates",
        NotificationSettings = "notificationsSettings",
        NotificationPolicies = "notificationPolicies",
        Languages = "languages",
        Branding = "branding",
        Keys = "keys",
        Webhooks = "subscriptions",
        Activities = "activities",
        Agreements = "agreements",
        Schemas = "schemas",
        IdentityProviders = "identityProviders",
        Gateways = "gateways",
        Reports = "reports",
    }
}

/// One grantable right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Look at records of an area.
    Read(Area),
    /// Create, change and delete records of an area. Does not imply reading.
    Write(Area),
}

impl Permission {
    /// The wire classifier, such as `permissions:read:devices`.
    #[must_use]
    pub fn classifier(self) -> String {
        match self {
            Self::Read(area) => format!("permissions:read:{area}"),
            Self::Write(area) => format!("permissions:write:{area}"),
        }
    }

    /// A sentence for people.
    #[must_use]
    pub fn description(self) -> String {
        match self {
            Self::Read(area) => format!("Read {}", spaced(area)),
            Self::Write(area) => format!("Create, change and delete {}", spaced(area)),
        }
    }

    /// The area.
    #[must_use]
    pub const fn area(self) -> Area {
        match self {
            Self::Read(area) | Self::Write(area) => area,
        }
    }

    /// Its place in a [`PermissionSet`].
    pub(crate) const fn bit(self) -> u128 {
        let (area, write) = match self {
            Self::Read(area) => (area, 0),
            Self::Write(area) => (area, 1),
        };
        1 << (2 * (area as u32) + write)
    }

    /// Every permission, in the order of the areas.
    pub fn all() -> impl Iterator<Item = Self> {
        Area::ALL.iter().flat_map(|area| [Self::Read(*area), Self::Write(*area)])
    }
}

/// `signOnPolicies` as `sign on policies`.
fn spaced(area: Area) -> String {
    area.as_str().chars().fold(String::new(), |mut words, c| {
        if c.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
        words
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_its_own_bit_and_classifier() {
        assert!(Area::ALL.len() * 2 <= 128);
        let bits = Permission::all().fold(0_u128, |bits, permission| {
            assert_eq!(bits & permission.bit(), 0, "{permission:?}");
            bits | permission.bit()
        });
        assert_eq!(bits.count_ones() as usize, Area::ALL.len() * 2);
        assert_eq!(Permission::Read(Area::Devices).classifier(), "permissions:read:devices");
        assert_eq!(
            Permission::Write(Area::SignOnPolicies).description(),
            "Create, change and delete sign on policies"
        );
    }
}
