//! Roles that administrators make themselves: a name for a set of permissions.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::reference::Reference;
use super::role::RoleScopeType;
use crate::entity::Entity;
use crate::ids::RoleId;
use crate::permission::{Area, Permission, PermissionSet};
use crate::schema::{Declared, Object, list, nested, object, one_of, reference, text};

/// The kinds of scope that a role may name. Assignments know all but the last.
const SCOPES: &[&str] = &["ORGANIZATION", "ENVIRONMENT", "POPULATION", "APPLICATION"];

/// A role of one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomRole {
    /// Unique in the environment, and unlike those of the built-in roles.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The kinds of scope that it may be given for; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicable_to: Option<Vec<String>>,
    /// Who holds one of these may give it to others, even without holding what it allows.
    pub can_be_assigned_by: Vec<Reference<RoleId>>,
    /// What it allows.
    pub permissions: Vec<PermissionName>,
}

/// A permission by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionName {
    /// Such as `permissions:read:devices`. An id that is not known here is kept and allows nothing.
    pub id: String,
}

impl Entity for CustomRole {
    type Id = RoleId;
    const KIND: &'static str = "ROLE";
}

impl Declared for CustomRole {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                list("applicableTo", one_of("scope", SCOPES), SCOPES.len()),
                list("canBeAssignedBy", reference("role"), 100).required(),
                text("description").max(1024),
                text("name").required().max(256),
                list(
                    "permissions",
                    nested("permission", object(vec![text("id").required().min(1).max(256)])),
                    1000,
                )
                .required()
                .min(1),
            ])
        });
        &SCHEMA
    }
}

impl CustomRole {
    /// What its holder may do. Writing is one right here: an area is written with `write`, or with all of `create`,
    /// `update` and `delete`.
    #[must_use]
    pub fn permission_set(&self) -> PermissionSet {
        let names = |verb: &str, area: &Area| {
            self.permissions.iter().any(|permission| permission.id == format!("permissions:{verb}:{area}"))
        };
        let readable =
            Area::ALL.iter().filter(|area| names("read", area)).map(|area| Permission::Read(*area));
        let written = Area::ALL
            .iter()
            .filter(|area| {
                names("write", area) || ["create", "update", "delete"].iter().all(|verb| names(verb, area))
            })
            .map(|area| Permission::Write(*area));
        readable.chain(written).collect()
    }

    /// Whether it may be given for such a scope.
    #[must_use]
    pub fn applies_to(&self, scope: RoleScopeType) -> bool {
        self.applicable_to.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| kind == scope.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn role(permissions: &[&str]) -> CustomRole {
        let permissions: Vec<Value> = permissions.iter().map(|id| json!({ "id": id })).collect();
        let body = json!({"name": "Auditor", "canBeAssignedBy": [], "permissions": permissions});
        CustomRole::read(&body, None, &[]).unwrap().0
    }

    #[test]
    fn a_role_allows_what_it_names_and_no_more() {
        let set = role(&["permissions:read:devices", "permissions:update:users", "davinci:read:flows"]);
        let allowed: Vec<_> = set.permission_set().iter().collect();
        assert_eq!(allowed, [Permission::Read(Area::Devices)]);
        let all = role(&["permissions:create:users", "permissions:update:users", "permissions:delete:users"]);
        assert!(all.permission_set().contains(Permission::Write(Area::Users)));
        assert!(role(&["permissions:write:users"]).permission_set().contains(Permission::Write(Area::Users)));
    }

    #[test]
    fn a_role_names_at_least_one_permission() {
        let body = json!({"name": "Empty", "canBeAssignedBy": [], "permissions": []});
        assert_eq!(CustomRole::read(&body, None, &[]).unwrap_err()[0].target.as_deref(), Some("permissions"));
    }
}
