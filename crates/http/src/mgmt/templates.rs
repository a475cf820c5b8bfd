//! Notification templates: built in, read only. Their texts are in `template_contents`.

use http::Method;
use postern_core::notify::template::Template;
use postern_core::permission::{Area, Permission};
use postern_engine::{Ctx, Error};
use serde_json::{Map, Value, json};

use super::crud::environment_address;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const COLLECTION: &str = "/v1/environments/{envID}/templates";
const ITEM: &str = "/v1/environments/{envID}/templates/{templateName}";
const READ: Permission = Permission::Read(Area::Templates);

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::new(Method::GET, COLLECTION, "Read all templates", list).needs(READ),
        Route::new(Method::GET, ITEM, "Read one template", read).needs(READ),
    ];
    routes.into_iter().map(|route| route.group("Notifications templates")).collect()
}

async fn list(call: Call) -> Result<Reply, Failure> {
    let items: Vec<Value> = Template::all().iter().map(|template| render(&call.ctx, template)).collect();
    let count = i64::try_from(items.len()).ok();
    let links = Links::to(&format!("{}/templates", environment_address(&call.ctx, call.ctx.environment)));
    Ok(Reply::ok(&hal::collection(links, "templates", items, count)))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let template = call.param("templateName").and_then(Template::find).ok_or(Error::NotFound("template"))?;
    Ok(Reply::ok(&render(&call.ctx, template)))
}

fn render(ctx: &Ctx, template: &Template) -> Value {
    let environment = environment_address(ctx, ctx.environment);
    let own = format!("{environment}/templates/{}", template.name);
    let links =
        Links::to(&own).link("environment", &environment).link("contents", &format!("{own}/contents"));
    let mut members = match json!(template) {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    members.insert("environment".to_owned(), json!({ "id": ctx.environment }));
    hal::resource(links, members)
}
