//! Roles of groups.

use postern_core::directory::role_assignment::RoleAssignment;
use postern_core::entity::Stored;
use postern_core::ids::Id;
use postern_core::permission::{Area, Permission};
use postern_engine::{Ctx, roles};
use postern_store::sql::Tx;
use serde_json::Value;

use super::group::OWNER;
use super::role_assignment::{VERBS, example, refuse_read_only};
use crate::mgmt::resource::{Change, Hook, Parent, Resource, Verb};
use crate::web::hal::Links;

/// See the module.
pub struct GroupRoleAssignments;

impl Resource for GroupRoleAssignments {
    type Doc = RoleAssignment;
    const PATH: &'static str = "/v1/environments/{envID}/groups/{groupID}/roleAssignments";
    const ITEM: &'static str = "/v1/environments/{envID}/groups/{groupID}/roleAssignments/{roleAssignmentID}";
    const ID: &'static str = "roleAssignmentID";
    const EMBEDDED: &'static str = "roleAssignments";
    const TITLE: &'static str = "group role assignment";
    const GROUP: &'static str = "Group role assignments";
    const VERBS: &'static [Verb] = VERBS;
    const READ: Permission = Permission::Read(Area::RoleAssignments);
    const WRITE: Permission = Permission::Write(Area::RoleAssignments);
    const DECIDES_ACCESS: bool = true;
    const PARENTS: &'static [Parent] = &[Parent { column: "actor_id", ..OWNER }];

    fn example(_n: usize) -> Value {
        example()
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<RoleAssignment>) -> Hook<'t> {
        Box::pin(roles::may_grant(tx, ctx, &change.new.body))
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<RoleAssignment>) -> Hook<'t> {
        Box::pin(async move {
            if let Some(group) = old.group {
                roles::may_stand_above(tx, ctx, group.id.uuid()).await?;
            }
            refuse_read_only(tx, ctx, old).await
        })
    }

    fn links(ctx: &Ctx, stored: &Stored<RoleAssignment>, _own: &str, links: Links) -> Links {
        match stored.group {
            Some(group) => links.link(
                "group",
                &format!("{}/environments/{}/groups/{}", ctx.urls.api, ctx.environment, group.id),
            ),
            None => links,
        }
    }
}
