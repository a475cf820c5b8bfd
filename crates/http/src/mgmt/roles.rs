//! The built-in roles: read only, above all environments.

use http::Method;
use postern_core::directory::role::{BUILT_IN_ROLES, Role};
use postern_core::ids::RoleId;
use postern_engine::{Ctx, Error};
use serde_json::{Map, Value, json};

use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::new(Method::GET, "/v1/roles", "Read all roles", list).needs_token(),
        Route::new(Method::GET, "/v1/roles/{roleID}", "Read one role", read).needs_token(),
    ];
    routes.into_iter().map(|route| route.group("Roles")).collect()
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
    let scopes: Vec<&str> = role.applicable_to.iter().map(|kind| kind.as_str()).collect();
    let permission = |permission: postern_core::permission::Permission| json!({ "id": permission.classifier(), "classifier": permission.classifier(), "description": permission.description() });
    let permissions: Vec<Value> = role.permissions.iter().map(permission).collect();
    let members = Map::from_iter([
        ("id".to_owned(), json!(role.id())),
        ("name".to_owned(), json!(role.name)),
        ("description".to_owned(), json!(role.description)),
        ("applicableTo".to_owned(), json!(scopes)),
        ("permissions".to_owned(), json!(permissions)),
    ]);
    hal::resource(Links::to(&format!("{}/roles/{}", ctx.urls.api, role.id())), members)
}
