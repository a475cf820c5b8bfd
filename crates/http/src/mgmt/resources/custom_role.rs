//! Roles that administrators made.

use postern_core::directory::custom_role::CustomRole;
use postern_core::directory::role::BUILT_IN_ROLES;
use postern_core::directory::role_assignment::RoleAssignment;
use postern_core::entity::Stored;
use postern_core::filter::{AttributeKind, FilterAttribute, Operator, fold};
use postern_core::permission::{Area, Permission};
use postern_core::problem::Problem;
use postern_core::schema::Declared;
use postern_engine::references::{constraint, has_room, refuse_while_used};
use postern_engine::{Ctx, Error, Result, roles};
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::{Change, Counted, Hook, Resource, Verb};
use crate::mgmt::view;

/// See the module. Lists and reads are ordinary handlers (`mgmt/roles.rs`), since they show the built-in roles too.
pub struct CustomRoles;

/// Roles that one environment may have.
const MOST: i64 = 1_000;

impl Resource for CustomRoles {
    type Doc = CustomRole;
    const PATH: &'static str = "/v1/environments/{envID}/roles";
    const ITEM: &'static str = "/v1/environments/{envID}/roles/{customRoleID}";
    const ID: &'static str = "customRoleID";
    const EMBEDDED: &'static str = "roles";
    const TITLE: &'static str = "custom role";
    const GROUP: &'static str = "Custom roles";
    const VERBS: &'static [Verb] = &[Verb::Create, Verb::Replace, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Roles);
    const WRITE: Permission = Permission::Write(Area::Roles);
    const DECIDES_ACCESS: bool = true;
    const FILTERS: &'static [FilterAttribute] = &[FilterAttribute {
        name: "type",
        kind: AttributeKind::Text,
        operators: &[Operator::Eq],
        column: "type",
    }];

    fn example(n: usize) -> Value {
        json!({
            "name": format!("Auditor {n}"), "description": "Looks at devices", "applicableTo": ["ENVIRONMENT"],
            "canBeAssignedBy": [], "permissions": [{ "id": "permissions:read:devices" }],
        })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<CustomRole>) -> Hook<'t> {
        Box::pin(async move {
            let name = fold(&change.new.name);
            if BUILT_IN_ROLES.iter().any(|role| fold(role.name) == name) {
                return Err(Error::invalid(Problem::not_unique("name")));
            }
            for (place, giver) in change.new.can_be_assigned_by.iter().enumerate() {
                let itself = giver.id == change.new.id;
                if !itself && roles::find(tx, ctx.environment, giver.id).await?.is_none() {
                    let target = format!("canBeAssignedBy[{place}].id");
                    return Err(Error::invalid(Problem::invalid(&target, "is not the id of a role")));
                }
            }
            if change.old.is_none() && !has_room::<CustomRole>(tx, ctx, MOST).await? {
                return Err(constraint("An environment has 1000 roles of its own at most"));
            }
            let permissions = change.new.permission_set();
            match &change.old {
                Some(old) => roles::may_change(tx, ctx, old.id, permissions).await,
                None => roles::may_compose(ctx, permissions),
            }
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<CustomRole>) -> Hook<'t> {
        Box::pin(async move {
            let names = |other: &Stored<CustomRole>| {
                other.id != old.id && other.can_be_assigned_by.iter().any(|giver| giver.id == old.id)
            };
            if all(tx, ctx).await?.iter().any(names) {
                return Err(constraint("Cannot delete a role whose holders may give another one"));
            }
            let message = "Cannot delete a role that is assigned";
            refuse_while_used::<RoleAssignment>(tx, ctx, "role_id", old.id, message).await
        })
    }

    /// `canAssign` is the other side of what other roles say in `canBeAssignedBy`.
    fn counted<'t>(tx: &'t mut Tx, ctx: &'t Ctx, shown: &'t [Stored<CustomRole>]) -> Counted<'t> {
        Box::pin(async move {
            let all = all(tx, ctx).await?;
            let assignable = |role: &Stored<CustomRole>| -> Map<String, Value> {
                Map::from_iter([("canAssign".to_owned(), assignable(&all, role.id))])
            };
            Ok(shown.iter().map(assignable).collect())
        })
    }

    fn view(_ctx: &Ctx, stored: &Stored<CustomRole>) -> Map<String, Value> {
        let mut members = view::members(stored, CustomRole::schema());
        members.insert("type".to_owned(), json!("CUSTOM"));
        members
    }
}

/// The roles of the environment, oldest first.
pub(in crate::mgmt) async fn all(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Stored<CustomRole>>> {
    let select = Select::first(Condition::Everything, MOST);
    Ok(documents::list::<CustomRole>(tx, ctx.environment, &select).await?)
}

/// Those among the roles that the holders of a role may give to others.
pub(in crate::mgmt) fn assignable(all: &[Stored<CustomRole>], holder: postern_core::ids::RoleId) -> Value {
    let named = |role: &&Stored<CustomRole>| role.can_be_assigned_by.iter().any(|giver| giver.id == holder);
    all.iter().filter(named).map(|role| json!({ "id": role.id })).collect()
}
