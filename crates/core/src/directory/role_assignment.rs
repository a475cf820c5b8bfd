//! A role given to a user, an application, a group or a gateway, within a scope. Never changed, only made and removed.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::reference::Reference;
use super::role::{Role, RoleScopeType};
use crate::entity::Entity;
use crate::ids::{ApplicationId, GatewayId, GroupId, RoleAssignmentId, RoleId, UserId};
use crate::problem::Problem;
use crate::schema::{Declared, Object, nested, object, one_of, reference, uuid};

/// A role given to an actor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignment {
    /// The user who holds it, when it is one; set by the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Reference<UserId>>,
    /// The application that holds it, when it is one; set by the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<Reference<ApplicationId>>,
    /// The group whose users hold it, when it is one; set by the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Reference<GroupId>>,
    /// The gateway that holds it, when it is one; set by the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Reference<GatewayId>>,
    /// Which role.
    pub role: Reference<RoleId>,
    /// Where it holds.
    pub scope: RoleScope,
    /// Made by the server and not to be removed.
    #[serde(default)]
    pub read_only: bool,
}

/// Where a role holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleScope {
    /// The organization, environment or population.
    pub id: Uuid,
    /// Which of them.
    #[serde(rename = "type")]
    pub kind: RoleScopeType,
}

impl Entity for RoleAssignment {
    type Id = RoleAssignmentId;
    const KIND: &'static str = "ROLE_ASSIGNMENT";
}

impl Declared for RoleAssignment {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                reference("role").required(),
                nested(
                    "scope",
                    object(vec![uuid("id").required(), one_of("type", RoleScopeType::WORDS).required()]),
                )
                .required(),
            ])
        });
        &SCHEMA
    }

    fn problems(&self) -> Vec<Problem> {
        // Roles of the environment are the engine's to find.
        let Some(role) = Role::find(self.role.id) else { return Vec::new() };
        if role.applicable_to.contains(&self.scope.kind) {
            return Vec::new();
        }
        let allowed: Vec<&str> = role.applicable_to.iter().map(|kind| kind.as_str()).collect();
        vec![Problem::not_allowed("scope.type", &allowed)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::role::{ENVIRONMENT_ADMIN, ORGANIZATION_ADMIN};
    use super::*;
    use serde_json::json;

    const ENVIRONMENT: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

    #[test]
    fn a_role_is_given_where_it_applies() {
        let body = |role: Role, kind: &str| json!({"role": {"id": role.uuid}, "scope": {"id": ENVIRONMENT, "type": kind}});
        assert!(RoleAssignment::read(&body(ENVIRONMENT_ADMIN, "ENVIRONMENT"), None, &[]).is_ok());
        let problems = RoleAssignment::read(&body(ORGANIZATION_ADMIN, "ENVIRONMENT"), None, &[]).unwrap_err();
        assert_eq!(problems[0].target.as_deref(), Some("scope.type"));
    }
}
