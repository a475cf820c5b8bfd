//! Roles: the built-in ones, which stand above all environments, and beside those that an environment has made.

use http::Method;
use postern_core::directory::custom_role::CustomRole;
use postern_core::directory::role::{BUILT_IN_ROLES, Role};
use postern_core::ids::{Id, RoleId};
use postern_core::permission::Permission;
use postern_engine::{Ctx, Error};
use postern_store::documents;
use serde_json::{Map, Value, json};

use super::resource::Resource;
use super::resources::custom_role::{CustomRoles, all, assignable};
use super::{condition, crud};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let above = [
        Route::new(Method::GET, "/v1/roles", "Read all roles", list).needs_token(),
        Route::new(Method::GET, "/v1/roles/{roleID}", "Read one role", read).needs_token(),
    ];
    let inside = [
        Route::new(Method::GET, CustomRoles::PATH, "Read all roles of an environment", list_inside)
            .needs(CustomRoles::READ),
        Route::new(Method::GET, CustomRoles::ITEM, "Read one role of an environment", read_inside)
            .needs(CustomRoles::READ),
    ];
    let above = above.into_iter().map(|route| route.group("Roles"));
    above.chain(inside.into_iter().map(|route| route.group(CustomRoles::GROUP))).collect()
}

async fn list(call: Call) -> Result<Reply, Failure> {
    let items: Vec<Value> = BUILT_IN_ROLES.iter().map(|role| render(&call.ctx, role)).collect();
    let count = i64::try_from(items.len()).ok();
    let links = Links::to(&format!("{}/roles", call.ctx.urls.api));
    Ok(Reply::ok(&hal::collection(links, "roles", items, count)))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let id: RoleId = call.id("roleID")?;
    let role = Role::find(id).ok_or(Error::NotFound("role"))?;
    Ok(Reply::ok(&render(&call.ctx, role)))
}

fn render(ctx: &Ctx, role: &Role) -> Value {
    let permission = |permission: Permission| json!({ "id": permission.classifier(), "classifier": permission.classifier(), "description": permission.description() });
    let permissions: Vec<Value> = role.permissions.iter().map(permission).collect();
    hal::resource(Links::to(&format!("{}/roles/{}", ctx.urls.api, role.id())), members(role, &permissions))
}

fn members(role: &Role, permissions: &[Value]) -> Map<String, Value> {
    let scopes: Vec<&str> = role.applicable_to.iter().map(|kind| kind.as_str()).collect();
    Map::from_iter([
        ("id".to_owned(), json!(role.id())),
        ("name".to_owned(), json!(role.name)),
        ("description".to_owned(), json!(role.description)),
        ("applicableTo".to_owned(), json!(scopes)),
        ("permissions".to_owned(), json!(permissions)),
    ])
}

/// All roles that may be given in an environment, the built-in ones first.
async fn list_inside(call: Call) -> Result<Reply, Failure> {
    let filter = condition::parse(call.query().get("filter"), CustomRoles::FILTERS)?;
    let wanted = |kind: &str| filter.met_by(&|_| kind.into());
    let mut tx = call.app.read().await?;
    let made = all(&mut tx, &call.ctx).await?;
    let mut items = Vec::new();
    if wanted("PLATFORM") {
        items.extend(BUILT_IN_ROLES.iter().map(|role| inside(&call.ctx, role, assignable(&made, role.id()))));
    }
    if wanted("CUSTOM") {
        for role in &made {
            items.push(crud::count_and_show::<CustomRoles>(&mut tx, &call, role).await?);
        }
    }
    drop(tx);
    let count = i64::try_from(items.len()).ok();
    let links = Links::to(&crud::address(&call.ctx, CustomRoles::PATH, &call.params));
    Ok(Reply::ok(&hal::collection(links, CustomRoles::EMBEDDED, items, count)))
}

async fn read_inside(call: Call) -> Result<Reply, Failure> {
    let id: RoleId = call.id(CustomRoles::ID)?;
    let mut tx = call.app.read().await?;
    let shown = match Role::find(id) {
        Some(role) => {
            let made = all(&mut tx, &call.ctx).await?;
            inside(&call.ctx, role, assignable(&made, id))
        }
        None => {
            let found = documents::find::<CustomRole>(&mut tx, call.ctx.environment, id).await?;
            let found = found.ok_or(Error::NotFound("role"))?;
            crud::count_and_show::<CustomRoles>(&mut tx, &call, &found).await?
        }
    };
    drop(tx);
    Ok(Reply::ok(&shown))
}

/// A built-in role as an environment shows it, among those that were made there.
fn inside(ctx: &Ctx, role: &Role, can_assign: Value) -> Value {
    let permissions: Vec<Value> =
        role.permissions.iter().map(|permission| json!({ "id": permission.classifier() })).collect();
    let mut members = members(role, &permissions);
    members.insert("type".to_owned(), json!("PLATFORM"));
    members.insert("environment".to_owned(), json!({ "id": ctx.environment }));
    members.insert("canAssign".to_owned(), can_assign);
    members.insert("canBeAssignedBy".to_owned(), givers(role));
    let environment = crud::environment_address(ctx, ctx.environment);
    let links = Links::to(&format!("{environment}/roles/{}", role.id())).link("environment", &environment);
    hal::resource(links, members)
}

/// The built-in roles whose holders may give a role: those that include it, and may give any at all.
fn givers(role: &Role) -> Value {
    use postern_core::permission::Area::RoleAssignments;
    let gives = |giver: &&Role| {
        giver.permissions.contains(Permission::Write(RoleAssignments))
            && giver.permissions.includes(role.permissions)
    };
    BUILT_IN_ROLES.iter().filter(gives).map(|giver| json!({ "id": RoleId::from_uuid(giver.uuid) })).collect()
}
