//! The built-in roles: fixed ids, the same in every installation.

use uuid::{Uuid, uuid};

use crate::ids::{Id, RoleId};
use crate::permission::Area::{self, *};
use crate::permission::PermissionSet;
use crate::schema::words;

words! {
    /// What a role may be given for.
    pub enum RoleScopeType {
        Organization = "ORGANIZATION",
        Environment = "ENVIRONMENT",
        Population = "POPULATION",
    }
}

/// A built-in role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    /// Its fixed id.
    pub uuid: Uuid,
    /// Its name, by which clients find it.
    pub name: &'static str,
    /// For people.
    pub description: &'static str,
    /// The kinds of scope that it may be given for.
    pub applicable_to: &'static [RoleScopeType],
    /// What its holder may do inside that scope.
    pub permissions: PermissionSet,
}

impl Role {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> RoleId {
        RoleId::from_uuid(self.uuid)
    }

    /// The built-in role with this id.
    #[must_use]
    pub fn find(id: RoleId) -> Option<&'static Self> {
        BUILT_IN_ROLES.iter().find(|role| role.uuid == id.uuid())
    }
}

/// Settings of an environment that its administrators care for.
const CONFIGURATION: &[Area] = &[
    Populations,
    Groups,
    Applications,
    ApplicationSecrets,
    PushCredentials,
    Grants,
    Resources,
    SignOnPolicies,
    DevicePolicies,
    Fido2Policies,
    MfaSettings,
    PasswordPolicies,
    Templates,
    NotificationSettings,
    NotificationPolicies,
    Languages,
    Branding,
    Keys,
    Webhooks,
    Agreements,
    Schemas,
    IdentityProviders,
    Gateways,
];
/// People and what belongs to them.
const IDENTITIES: &[Area] = &[
    Populations,
    Groups,
    Users,
    UserAccounts,
    UserPasswords,
    MfaEnabled,
    Devices,
    PairingKeys,
    OathTokens,
    DeviceAuthentications,
    Sessions,
];
/// Applications and the APIs that they call.
const CLIENTS: &[Area] = &[Applications, ApplicationSecrets, PushCredentials, Grants, Resources];
/// What every administrator of an environment may look at.
const OVERVIEW: &[Area] = &[Environments, Licenses, Roles];

/// Looks at the environment.
const OVERVIEWING: PermissionSet = PermissionSet::EMPTY.reading(OVERVIEW);
/// Reads settings, without the secrets among them.
const CONFIGURATION_READING: PermissionSet = OVERVIEWING.reading(&[
    RoleAssignments,
    Activities,
    Reports,
    Populations,
    Groups,
    Applications,
    Grants,
    Resources,
    SignOnPolicies,
    DevicePolicies,
    Fido2Policies,
    MfaSettings,
    PasswordPolicies,
    Templates,
    NotificationSettings,
    NotificationPolicies,
    Languages,
    Branding,
    Keys,
    Webhooks,
    Agreements,
    Schemas,
    IdentityProviders,
]);

const ANYWHERE_ABOVE_POPULATIONS: &[RoleScopeType] =
    &[RoleScopeType::Organization, RoleScopeType::Environment];
const ANYWHERE: &[RoleScopeType] =
    &[RoleScopeType::Organization, RoleScopeType::Environment, RoleScopeType::Population];

/// Creates environments in the organization.
pub const ORGANIZATION_ADMIN: Role = Role {
    uuid: uuid!("55bd388d-bd13-4f5a-9ed6-5ffa024d8154"),
    name: "Organization Admin",
    description: "Creates, changes and deletes environments and gives roles in the organization.",
    applicable_to: &[RoleScopeType::Organization],
    permissions: OVERVIEWING.reading(&[Activities, Reports]).managing(&[
        Organizations,
        Environments,
        RoleAssignments,
        Roles,
    ]),
};

/// Configures an environment.
pub const ENVIRONMENT_ADMIN: Role = Role {
    uuid: uuid!("ce0eea86-fb8e-4bd5-b8bc-255a505b7e5b"),
    name: "Environment Admin",
    description: "Configures an environment: applications, policies, templates, keys and settings.",
    applicable_to: ANYWHERE_ABOVE_POPULATIONS,
    permissions: CONFIGURATION_READING.managing(CONFIGURATION).managing(&[Environments, RoleAssignments]),
};

/// Manages people and their devices.
pub const IDENTITY_DATA_ADMIN: Role = Role {
    uuid: uuid!("bbd6d6d9-a776-42fc-8837-07eee66d174e"),
    name: "Identity Data Admin",
    description: "Manages users, their passwords, MFA devices and sessions, and runs MFA for them.",
    applicable_to: ANYWHERE,
    permissions: OVERVIEWING
        .reading(&[PasswordPolicies, DevicePolicies, MfaSettings, Activities, Reports])
        .managing(IDENTITIES)
        .managing(&[RoleAssignments]),
};

/// Looks at people and their devices.
pub const IDENTITY_DATA_READ_ONLY: Role = Role {
    uuid: uuid!("1fe5aeb0-ca22-4df5-adbd-6cafd5a2c45f"),
    name: "Identity Data Read Only",
    description: "Reads users, their MFA devices and sessions.",
    applicable_to: ANYWHERE,
    permissions: OVERVIEWING.reading(IDENTITIES).reading(&[RoleAssignments, Activities, Reports]),
};

/// Looks at the configuration.
pub const CONFIGURATION_READ_ONLY: Role = Role {
    uuid: uuid!("015befdf-7a51-4327-b499-67e6cd0fab53"),
    name: "Configuration Read Only",
    description: "Reads the configuration of an environment, without secrets.",
    applicable_to: ANYWHERE_ABOVE_POPULATIONS,
    permissions: CONFIGURATION_READING,
};

/// Manages applications and the APIs that they call.
pub const CLIENT_APPLICATION_DEVELOPER: Role = Role {
    uuid: uuid!("e3d1d5b4-eb9f-4dff-acfa-1d5e70c26efc"),
    name: "Client Application Developer",
    description: "Manages applications, their secrets and grants, and resources.",
    applicable_to: ANYWHERE_ABOVE_POPULATIONS,
    permissions: OVERVIEWING.reading(&[SignOnPolicies, Keys, Populations]).managing(CLIENTS),
};

/// Helps people who cannot sign on.
pub const HELP_DESK_ADMIN: Role = Role {
    uuid: uuid!("38bd8d97-2882-404c-a4d0-9438e852de21"),
    name: "Help Desk Admin",
    description: "Reads users and their devices, unlocks accounts and resets passwords.",
    applicable_to: ANYWHERE,
    permissions: OVERVIEWING
        .reading(&[Populations, Groups, Users, MfaEnabled, Devices, Sessions, PasswordPolicies])
        .managing(&[UserAccounts, UserPasswords]),
};

/// Every built-in role.
pub const BUILT_IN_ROLES: &[Role] = &[
    ORGANIZATION_ADMIN,
    ENVIRONMENT_ADMIN,
    IDENTITY_DATA_ADMIN,
    IDENTITY_DATA_READ_ONLY,
    CONFIGURATION_READ_ONLY,
    CLIENT_APPLICATION_DEVELOPER,
    HELP_DESK_ADMIN,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::Permission::{Read, Write};

    #[test]
    fn a_role_is_found_by_its_fixed_id() {
        for role in BUILT_IN_ROLES {
            assert_eq!(Role::find(role.id()).map(|found| found.name), Some(role.name));
        }
        let names: std::collections::HashSet<_> =
            BUILT_IN_ROLES.iter().map(|role| (role.name, role.uuid)).collect();
        assert_eq!(names.len(), BUILT_IN_ROLES.len());
    }

    #[test]
    fn each_role_can_do_its_work_and_not_more() {
        let table = [
            (ORGANIZATION_ADMIN, Write(Environments), true),
            (ORGANIZATION_ADMIN, Read(Users), false),
            (ENVIRONMENT_ADMIN, Write(DevicePolicies), true),
            (ENVIRONMENT_ADMIN, Read(ApplicationSecrets), true),
            (ENVIRONMENT_ADMIN, Write(Devices), false),
            (IDENTITY_DATA_ADMIN, Write(Devices), true),
            (IDENTITY_DATA_ADMIN, Write(DeviceAuthentications), true),
            (IDENTITY_DATA_ADMIN, Write(SignOnPolicies), false),
            (IDENTITY_DATA_READ_ONLY, Read(Devices), true),
            (IDENTITY_DATA_READ_ONLY, Write(Devices), false),
            (CONFIGURATION_READ_ONLY, Read(Applications), true),
            (CONFIGURATION_READ_ONLY, Read(ApplicationSecrets), false),
            (CLIENT_APPLICATION_DEVELOPER, Write(Grants), true),
            (CLIENT_APPLICATION_DEVELOPER, Write(MfaSettings), false),
            (HELP_DESK_ADMIN, Write(UserPasswords), true),
            (HELP_DESK_ADMIN, Write(Users), false),
        ];
        for (role, permission, granted) in table {
            assert_eq!(role.permissions.contains(permission), granted, "{} {permission:?}", role.name);
        }
        for role in [IDENTITY_DATA_READ_ONLY, CONFIGURATION_READ_ONLY] {
            assert!(role.permissions.iter().all(|permission| matches!(permission, Read(_))), "{}", role.name);
        }
    }
}
