//! The schema of users, and its attributes: those that come with the product beside those that were added.

use http::Method;
use postern_core::directory::schema_attribute::{BUILT_IN_ATTRIBUTES, BuiltInAttribute};
use postern_core::schema::Declared;
use postern_engine::{Ctx, Error, Result, user_schema};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::crud;
use super::resource::Resource;
use super::resources::schema_attribute::SchemaAttributes;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const SCHEMAS: &str = "/v1/environments/{envID}/schemas";
const SCHEMA: &str = "/v1/environments/{envID}/schemas/{schemaID}";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    type A = SchemaAttributes;
    let (look, change) = (A::READ, A::WRITE);
    let body = <A as Resource>::Doc::schema();
    let routes = [
        Route::new(Method::GET, SCHEMAS, "Read all schemas", list_schemas).needs(look),
        Route::new(Method::GET, SCHEMA, "Read one schema", read_schema).needs(look),
        Route::new(Method::GET, A::PATH, "Read all schema attributes", list).needs(look),
        Route::new(Method::POST, A::PATH, "Create schema attribute", crud::create::<A>)
            .needs(change)
            .body(body),
        Route::new(Method::GET, A::ITEM, "Read one schema attribute", read).needs(look),
        Route::new(Method::PUT, A::ITEM, "Update schema attribute", replace).needs(change).body(body),
        Route::new(Method::PATCH, A::ITEM, "Patch schema attribute", patch).needs(change).body(body),
        Route::new(Method::DELETE, A::ITEM, "Delete schema attribute", delete).needs(change),
    ];
    routes.into_iter().map(|route| route.group(A::GROUP)).collect()
}

async fn list_schemas(call: Call) -> Result<Reply, Failure> {
    let links = Links::to(&crud::address(&call.ctx, SCHEMAS, &call.params));
    Ok(Reply::ok(&hal::collection(links, "schemas", vec![schema(&call.ctx)], Some(1))))
}

async fn read_schema(call: Call) -> Result<Reply, Failure> {
    known_schema(&call)?;
    Ok(Reply::ok(&schema(&call.ctx)))
}

fn known_schema(call: &Call) -> Result<()> {
    let id: Uuid = call.id("schemaID")?;
    if id == user_schema::schema_id(call.ctx.environment) { Ok(()) } else { Err(Error::NotFound("schema")) }
}

fn schema(ctx: &Ctx) -> Value {
    let id = user_schema::schema_id(ctx.environment);
    let environment = crud::environment_address(ctx, ctx.environment);
    let own = format!("{environment}/schemas/{id}");
    let links =
        Links::to(&own).link("environment", &environment).link("attributes", &format!("{own}/attributes"));
    let members = Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("environment".to_owned(), json!({ "id": ctx.environment })),
        ("name".to_owned(), json!("User")),
        ("description".to_owned(), json!("The attributes of users")),
        ("allowsContainsOperator".to_owned(), json!(false)),
    ]);
    hal::resource(links, members)
}

async fn list(call: Call) -> Result<Reply, Failure> {
    known_schema(&call)?;
    let mut items: Vec<Value> =
        BUILT_IN_ATTRIBUTES.iter().map(|attribute| built_in(&call.ctx, attribute)).collect();
    let mut tx = call.app.read().await?;
    for attribute in user_schema::added(&mut tx, &call.ctx).await? {
        items.push(crud::render::<SchemaAttributes>(&call.ctx, &call.params, &attribute));
    }
    drop(tx);
    let count = i64::try_from(items.len()).ok();
    let links = Links::to(&crud::address(&call.ctx, SchemaAttributes::PATH, &call.params));
    Ok(Reply::ok(&hal::collection(links, SchemaAttributes::EMBEDDED, items, count)))
}

/// The built-in attribute that the path names, if it does.
fn named(call: &Call) -> Option<&'static BuiltInAttribute> {
    let id: Uuid = call.id(SchemaAttributes::ID).ok()?;
    let environment = call.ctx.environment;
    BUILT_IN_ATTRIBUTES.iter().find(|attribute| user_schema::built_in_id(environment, attribute.name) == id)
}

async fn read(call: Call) -> Result<Reply, Failure> {
    known_schema(&call)?;
    match named(&call) {
        Some(attribute) => Ok(Reply::ok(&built_in(&call.ctx, attribute))),
        None => crud::read::<SchemaAttributes>(call).await,
    }
}

fn refuse_built_in(call: &Call) -> Result<()> {
    known_schema(call)?;
    if named(call).is_some() { Err(user_schema::built_in_is_fixed()) } else { Ok(()) }
}

async fn replace(call: Call) -> Result<Reply, Failure> {
    refuse_built_in(&call)?;
    crud::replace::<SchemaAttributes>(call).await
}

async fn patch(call: Call) -> Result<Reply, Failure> {
    refuse_built_in(&call)?;
    crud::patch::<SchemaAttributes>(call).await
}

async fn delete(call: Call) -> Result<Reply, Failure> {
    refuse_built_in(&call)?;
    crud::delete::<SchemaAttributes>(call).await
}

fn built_in(ctx: &Ctx, attribute: &BuiltInAttribute) -> Value {
    let schema = user_schema::schema_id(ctx.environment);
    let id = user_schema::built_in_id(ctx.environment, attribute.name);
    let environment = crud::environment_address(ctx, ctx.environment);
    let place = format!("{environment}/schemas/{schema}");
    let links = Links::to(&format!("{place}/attributes/{id}"))
        .link("environment", &environment)
        .link("schema", &place);
    let mut members = Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("environment".to_owned(), json!({ "id": ctx.environment })),
        ("schema".to_owned(), json!({ "id": schema })),
        ("name".to_owned(), json!(attribute.name)),
        ("displayName".to_owned(), json!(attribute.display_name)),
        ("enabled".to_owned(), json!(true)),
        ("type".to_owned(), json!(attribute.kind)),
        ("unique".to_owned(), json!(attribute.unique)),
        ("required".to_owned(), json!(attribute.required)),
        ("multiValued".to_owned(), json!(false)),
        ("schemaType".to_owned(), json!(if attribute.core { "CORE" } else { "STANDARD" })),
    ]);
    if !attribute.parts.is_empty() {
        let part = |name: &&str| json!({ "name": name, "enabled": true, "type": "STRING" });
        let parts: Vec<Value> = attribute.parts.iter().map(part).collect();
        members.insert("subAttributes".to_owned(), json!(parts));
    }
    hal::resource(links, members)
}
