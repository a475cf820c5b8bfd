//! Roles of users.

use postern_core::directory::role_assignment::RoleAssignment;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_engine::{Ctx, roles};
use postern_store::sql::Tx;
use serde_json::Value;

use super::role_assignment::{VERBS, example, refuse_read_only};
use crate::mgmt::resource::{Change, Hook, Parent, Resource, Verb, exists};
use crate::web::hal::Links;

/// See the module.
pub struct UserRoleAssignments;

impl Resource for UserRoleAssignments {
    type Doc = RoleAssignment;
    const PATH: &'static str = "/v1/environments/{envID}/users/{userID}/roleAssignments";
    const ITEM: &'static str = "/v1/environments/{envID}/users/{userID}/roleAssignments/{roleAssignmentID}";
    const ID: &'static str = "roleAssignmentID";
    const EMBEDDED: &'static str = "roleAssignments";
    const TITLE: &'static str = "user role assignment";
    const GROUP: &'static str = "User role assignments";
    const VERBS: &'static [Verb] = VERBS;
    const READ: Permission = Permission::Read(Area::RoleAssignments);
    const WRITE: Permission = Permission::Write(Area::RoleAssignments);
    const DECIDES_ACCESS: bool = true;
    const PARENTS: &'static [Parent] =
        &[Parent { param: "userID", member: "user", column: "actor_id", exists: exists::<User> }];

    fn example(_n: usize) -> Value {
        example()
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<RoleAssignment>) -> Hook<'t> {
        Box::pin(roles::may_grant(tx, ctx, &change.new.body))
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<RoleAssignment>) -> Hook<'t> {
        Box::pin(async move {
            if let Some(user) = old.user {
                roles::may_control_user(tx, ctx, user.id).await?;
            }
            refuse_read_only(tx, ctx, old).await
        })
    }

    fn links(ctx: &Ctx, stored: &Stored<RoleAssignment>, _own: &str, links: Links) -> Links {
        match stored.user {
            Some(user) => links.link(
                "user",
                &format!("{}/environments/{}/users/{}", ctx.urls.api, ctx.environment, user.id),
            ),
            None => links,
        }
    }
}
