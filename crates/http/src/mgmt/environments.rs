//! Environments, their bill of materials, and the organization and licence above them (platform contract 2.1, 2.2).

use std::sync::LazyLock;

use http::Method;
use postern_core::directory::bill_of_materials::BillOfMaterials;
use postern_core::directory::environment::{Environment, EnvironmentStatus, EnvironmentType};
use postern_core::entity::Stored;
use postern_core::filter::{AttributeKind, FilterAttribute, Operator};
use postern_core::ids::EnvironmentId;
use postern_core::jose::signing::SigningAlgorithm;
use postern_core::permission::{Area, Permission, Verb};
use postern_core::schema::{Declared, Object, object, one_of};
use postern_engine::caller::{Access, Scope};
use postern_engine::environments::PLATFORM;
use postern_engine::{Ctx, Error, environment_changes, keys, provision};
use postern_store::documents::{self, Condition, Select};
use serde_json::{Map, Value, json};

use super::{condition, crud, view};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route, hashing, paging};

const COLLECTION: &str = "/v1/environments";
const ITEM: &str = "/v1/environments/{envID}";
const TYPE: &str = "/v1/environments/{envID}/type";
const STATUS: &str = "/v1/environments/{envID}/status";
const PRODUCTS: &str = "/v1/environments/{envID}/billOfMaterials";

const READ: Permission = Permission::Read(Area::Environments);
const WRITE: Permission = Permission::Write(Area::Environments);

/// Beyond this many environments the collection does not say how many there are.
const COUNT_CAP: i64 = 10_000;

const FILTERS: &[FilterAttribute] = &[
    FilterAttribute {
        name: "name",
        kind: AttributeKind::TextFolded,
        operators: &[Operator::Eq, Operator::StartsWith],
        column: "name_key",
    },
    FilterAttribute { name: "id", kind: AttributeKind::Uuid, operators: &[Operator::Eq], column: "id" },
    FilterAttribute {
        name: "organization.id",
        kind: AttributeKind::Uuid,
        operators: &[Operator::Eq],
        column: "organization_id",
    },
    FilterAttribute {
        name: "license.id",
        kind: AttributeKind::Uuid,
        operators: &[Operator::Eq],
        column: "license_id",
    },
    FilterAttribute {
        name: "status",
        kind: AttributeKind::Text,
        operators: &[Operator::Eq],
        column: "status",
    },
];

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::new(Method::GET, COLLECTION, "Read all environments", list).needs_token(),
        Route::new(Method::POST, COLLECTION, "Create environment", create)
            .needs_token()
            .body(Environment::schema()),
        Route::new(Method::GET, ITEM, "Read one environment", read).needs(READ).even_inactive(),
        Route::new(Method::PUT, ITEM, "Update environment", replace)
            .needs(WRITE)
            .even_inactive()
            .body(Environment::replace_schema()),
        Route::new(Method::DELETE, ITEM, "Delete environment", delete).needs(WRITE).even_inactive(),
        Route::new(Method::PUT, TYPE, "Update environment type", set_type).needs(WRITE).body(type_body()),
        Route::new(Method::PUT, STATUS, "Update environment status", set_status)
            .needs(WRITE)
            .even_inactive()
            .body(status_body()),
        Route::new(Method::GET, PRODUCTS, "Read bill of materials", read_products).needs(READ),
        Route::new(Method::PUT, PRODUCTS, "Update bill of materials", set_products)
            .needs(WRITE)
            .body(BillOfMaterials::schema()),
    ];
    routes.into_iter().map(|route| route.group("Environments")).collect()
}

fn type_body() -> &'static Object {
    static BODY: LazyLock<Object> =
        LazyLock::new(|| object(vec![one_of("type", EnvironmentType::WORDS).required()]));
    &BODY
}

fn status_body() -> &'static Object {
    static BODY: LazyLock<Object> =
        LazyLock::new(|| object(vec![one_of("status", EnvironmentStatus::WORDS).required()]));
    &BODY
}

async fn list(call: Call) -> Result<Reply, Failure> {
    let query = call.query();
    let filter = condition::parse(query.get("filter"), FILTERS)?;
    let window = paging::window(&query, 1_000, 5_000)?;
    let expanded = query.lists("expand", "billOfMaterials");
    let condition = filter.and(visible(&call.ctx));
    let mut tx = call.app.read().await?;
    let count = documents::count::<Environment>(&mut tx, PLATFORM, &condition, COUNT_CAP + 1).await?;
    let select = Select { condition, after: window.after, limit: window.limit + 1 };
    let mut found = documents::list::<Environment>(&mut tx, PLATFORM, &select).await?;
    drop(tx);
    let own = format!("{}/environments", call.ctx.urls.api);
    let links = paging::cut(&mut found, window.limit, &own, &query);
    let items: Vec<Value> =
        found.iter().map(|environment| render(&call.ctx, environment, expanded)).collect();
    let count = (count <= COUNT_CAP).then_some(count);
    Ok(Reply::ok(&hal::collection(links, "environments", items, count)))
}

/// The environments that the caller's roles let it read. It is a condition of the query, so that neither the number
/// nor the cursors say anything about the others.
fn visible(ctx: &Ctx) -> Condition {
    let reading = ctx.caller.authorities().iter().filter(|authority| authority.permissions.contains(READ));
    let reached = reading.filter_map(|authority| match authority.scope {
        Scope::Organization(id) => Some(Condition::equals("organization_id", id)),
        Scope::Environment(id) => Some(Condition::equals("id", id)),
        Scope::Population(_) => None,
    });
    Condition::Any(reached.collect())
}

async fn create(call: Call) -> Result<Reply, Failure> {
    let organization = call.app.environments.home(call.app.db(), &call.ctx).await?;
    if call.ctx.caller.access(WRITE, Verb::Create, EnvironmentId::NIL, organization, None) != Access::Granted
    {
        return Err(Error::Denied.into());
    }
    let ctx = Ctx { environment: EnvironmentId::new(&call.ctx.random), organization, ..call.ctx.clone() };
    let sent = call.object()?;
    let owner = ctx.clone();
    let key = hashing::run(&call.app, move || keys::prepare(&owner, SigningAlgorithm::RS256)).await??;
    let work = (sent, key);
    let created = call
        .app
        .write(&ctx, work, |tx, ctx, (sent, key)| Box::pin(environment_changes::create(tx, ctx, sent, key)))
        .await?;
    // Its creator has new roles, where it lives.
    if let Some(home) = ctx.caller.home() {
        call.app.forget_access(home);
    }
    Ok(Reply::created(&render(&ctx, &created, true)))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let expanded = call.query().lists("expand", "billOfMaterials");
    let environment = load(&call).await?;
    Ok(Reply::ok(&render(&call.ctx, &environment, expanded)))
}

async fn load(call: &Call) -> Result<Stored<Environment>, Failure> {
    let mut tx = call.app.read().await?;
    let found = documents::find::<Environment>(&mut tx, PLATFORM, call.ctx.environment).await?;
    Ok(found.ok_or(Error::NotFound("environment"))?)
}

async fn replace(call: Call) -> Result<Reply, Failure> {
    let sent = call.object()?;
    change(&call, sent, |tx, ctx, sent| Box::pin(environment_changes::replace(tx, ctx, sent))).await
}

async fn set_type(call: Call) -> Result<Reply, Failure> {
    let sent = Value::Object(type_body().check(&call.object()?, None).map_err(Error::Invalid)?);
    change(&call, sent, |tx, ctx, sent| Box::pin(environment_changes::merge(tx, ctx, sent))).await
}

async fn set_status(call: Call) -> Result<Reply, Failure> {
    let sent = Value::Object(status_body().check(&call.object()?, None).map_err(Error::Invalid)?);
    change(&call, sent, |tx, ctx, sent| Box::pin(environment_changes::merge(tx, ctx, sent))).await
}

type Work = for<'t> fn(
    &'t mut postern_store::sql::Tx,
    &'t Ctx,
    &'t Value,
) -> futures_util::future::BoxFuture<'t, postern_engine::Result<Stored<Environment>>>;

async fn change(call: &Call, sent: Value, work: Work) -> Result<Reply, Failure> {
    let environment = call.app.write(&call.ctx, sent, work).await?;
    noticed(call);
    Ok(Reply::ok(&render(&call.ctx, &environment, false)))
}

async fn delete(call: Call) -> Result<Reply, Failure> {
    call.app.write(&call.ctx, (), |tx, ctx, ()| Box::pin(environment_changes::delete(tx, ctx))).await?;
    noticed(&call);
    Ok(Reply::no_content())
}

/// Lets the caches see that the environment changed, may be served again, or went away.
fn noticed(call: &Call) {
    call.app.environments.forget(call.ctx.environment);
    call.app.forget_access(call.ctx.environment);
}

async fn read_products(call: Call) -> Result<Reply, Failure> {
    let environment = load(&call).await?;
    Ok(Reply::ok(&products(&call.ctx, &environment)))
}

async fn set_products(call: Call) -> Result<Reply, Failure> {
    let checked = BillOfMaterials::schema().check(&call.object()?, None).map_err(Error::Invalid)?;
    let sent = json!({ "billOfMaterials": checked });
    let environment = call
        .app
        .write(&call.ctx, sent, |tx, ctx, sent| Box::pin(environment_changes::merge(tx, ctx, sent)))
        .await?;
    Ok(Reply::ok(&products(&call.ctx, &environment)))
}

fn products(ctx: &Ctx, environment: &Stored<Environment>) -> Value {
    let base = crud::environment_address(ctx, environment.id);
    let links = Links::to(&format!("{base}/billOfMaterials")).link("environment", &base);
    let mut members = view::body(&environment.bill_of_materials);
    members.insert("createdAt".to_owned(), json!(environment.created_at));
    members.insert("updatedAt".to_owned(), json!(environment.updated_at));
    hal::resource(links, members)
}

fn render(ctx: &Ctx, environment: &Stored<Environment>, expanded: bool) -> Value {
    const CHILDREN: [&str; 11] = [
        "billOfMaterials",
        "populations",
        "users",
        "applications",
        "resources",
        "passwordPolicies",
        "signOnPolicies",
        "deviceAuthenticationPolicies",
        "mfaSettings",
        "templates",
        "notificationsSettings",
    ];
    let base = crud::environment_address(ctx, environment.id);
    let organization = format!("{}/organizations/{}", ctx.urls.api, environment.organization.id);
    let license = provision::license_of(environment.organization.id);
    let mut links = Links::to(&base)
        .link("organization", &organization)
        .link("license", &format!("{organization}/licenses/{license}"));
    for child in CHILDREN {
        links = links.link(child, &format!("{base}/{child}"));
    }
    let mut members = Map::new();
    if expanded {
        members.insert("_embedded".to_owned(), json!({ "billOfMaterials": products(ctx, environment) }));
    }
    members.insert("id".to_owned(), json!(environment.id));
    let mut body = view::body(&environment.body);
    let products = body.shift_remove("billOfMaterials").filter(|_| expanded);
    members.extend(body);
    if let Some(products) = products {
        members.insert("billOfMaterials".to_owned(), products);
    }
    members.insert("createdAt".to_owned(), json!(environment.created_at));
    members.insert("updatedAt".to_owned(), json!(environment.updated_at));
    hal::resource(links, members)
}
