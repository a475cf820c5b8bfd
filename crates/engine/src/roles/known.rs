//! Roles by their ids: those of every environment, and those that one environment has made.

use postern_core::directory::custom_role::CustomRole;
use postern_core::directory::role::{Role, RoleScopeType};
use postern_core::entity::Stored;
use postern_core::ids::{EnvironmentId, RoleId};
use postern_core::permission::PermissionSet;
use postern_store::documents;
use postern_store::sql::Tx;

use crate::Result;

/// A role that may be given in an environment: a built-in one or one of its own.
#[derive(Debug, Clone)]
pub enum Known {
    /// One that every environment has.
    BuiltIn(&'static Role),
    /// One that was made here.
    Custom(Stored<CustomRole>),
}

impl Known {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::BuiltIn(role) => role.name,
            Self::Custom(role) => &role.name,
        }
    }

    /// What its holder may do.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        match self {
            Self::BuiltIn(role) => role.permissions,
            Self::Custom(role) => role.permission_set(),
        }
    }

    /// Whether it may be given for such a scope.
    #[must_use]
    pub fn applies_to(&self, scope: RoleScopeType) -> bool {
        match self {
            Self::BuiltIn(role) => role.applicable_to.contains(&scope),
            Self::Custom(role) => role.applies_to(scope),
        }
    }
}

/// The same for a role that is about to be given: it neither changes nor goes until the transaction ends.
pub(super) async fn held(tx: &mut Tx, environment: EnvironmentId, id: RoleId) -> Result<Option<Known>> {
    if let Some(role) = Role::find(id) {
        return Ok(Some(Known::BuiltIn(role)));
    }
    Ok(documents::find_shared::<CustomRole>(tx, environment, id).await?.map(Known::Custom))
}

/// The role with this id, as an environment knows it.
///
/// # Errors
/// Those of the database.
pub async fn find(tx: &mut Tx, environment: EnvironmentId, id: RoleId) -> Result<Option<Known>> {
    if let Some(role) = Role::find(id) {
        return Ok(Some(Known::BuiltIn(role)));
    }
    Ok(documents::find::<CustomRole>(tx, environment, id).await?.map(Known::Custom))
}
