//! Roles of applications; and what the roles of users and groups have in common with them.

use postern_core::directory::application::{Application, ApplicationType};
use postern_core::directory::role_assignment::RoleAssignment;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::problem::{Code, Problem};
use postern_engine::references::{constraint, must_exist};
use postern_engine::{Ctx, Error, Result, roles};
use postern_store::sql::Tx;
use serde_json::{Value, json};

use super::application::{APPLICATION, application_link};
use crate::mgmt::resource::{Change, Hook, Parent, Resource, Verb};
use crate::web::hal::Links;

/// Assignments are made and removed, never changed.
pub(super) const VERBS: &[Verb] = &[Verb::List, Verb::Create, Verb::Read, Verb::Delete];

/// A body that gives somebody a role.
pub(super) fn example() -> Value {
    let role = postern_core::directory::role::IDENTITY_DATA_ADMIN.uuid;
    json!({ "role": { "id": role }, "scope": { "id": "{{environment}}", "type": "ENVIRONMENT" } })
}

/// Refuses to remove what the server made.
pub(super) async fn refuse_read_only(tx: &mut Tx, ctx: &Ctx, old: &Stored<RoleAssignment>) -> Result<()> {
    if !old.read_only {
        return Ok(());
    }
    let role = roles::find(tx, ctx.environment, old.role.id).await?;
    let name = role.as_ref().map_or("", |role| role.name());
    let text = format!("Role assignment {name} cannot be deleted as it is read only");
    Err(Error::invalid(Problem::new(Code::ConstraintViolation, text)))
}

/// See the module.
pub struct ApplicationRoleAssignments;

impl Resource for ApplicationRoleAssignments {
    type Doc = RoleAssignment;
    const PATH: &'static str = "/v1/environments/{envID}/applications/{applicationID}/roleAssignments";
    const ITEM: &'static str =
        "/v1/environments/{envID}/applications/{applicationID}/roleAssignments/{roleAssignmentID}";
    const ID: &'static str = "roleAssignmentID";
    const EMBEDDED: &'static str = "roleAssignments";
    const TITLE: &'static str = "application role assignment";
    const GROUP: &'static str = "Application role assignments";
    const VERBS: &'static [Verb] = VERBS;
    const READ: Permission = Permission::Read(Area::RoleAssignments);
    const WRITE: Permission = Permission::Write(Area::RoleAssignments);
    const DECIDES_ACCESS: bool = true;
    const PARENTS: &'static [Parent] = &[Parent { column: "actor_id", ..APPLICATION }];

    fn example(_n: usize) -> Value {
        example()
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<RoleAssignment>) -> Hook<'t> {
        Box::pin(async move {
            if let Some(application) = change.new.application {
                let actor = must_exist::<Application>(tx, ctx, application.id, "application.id").await?;
                if actor.kind != ApplicationType::Worker {
                    return Err(constraint("Only applications of type WORKER can have roles"));
                }
            }
            roles::may_grant(tx, ctx, &change.new).await
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<RoleAssignment>) -> Hook<'t> {
        Box::pin(async move {
            if let Some(application) = old.application {
                roles::may_control(tx, ctx, application.id).await?;
            }
            refuse_read_only(tx, ctx, old).await
        })
    }

    fn links(ctx: &Ctx, stored: &Stored<RoleAssignment>, _own: &str, links: Links) -> Links {
        match stored.application {
            Some(application) => application_link(ctx, application.id, links),
            None => links,
        }
    }
}
