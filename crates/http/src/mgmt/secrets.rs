//! Client secrets of applications and introspection secrets of custom resources (platform contract 3.4, 3.5).

use std::sync::LazyLock;

use http::Method;
use postern_core::directory::application::Application;
use postern_core::directory::resource::Resource;
use postern_core::permission::{Area, Permission};
use postern_core::problem::Problem;
use postern_core::schema::{Object, date, nested, object};
use postern_core::time::{Span, Timestamp};
use postern_engine::clients::{self, Owner, Secrets};
use postern_engine::{Ctx, Error, Result, roles};
use postern_store::documents;
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use super::crud::{address, environment_address};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const OF_APPLICATION: &str = "/v1/environments/{envID}/applications/{applicationID}/secret";
const OF_RESOURCE: &str = "/v1/environments/{envID}/resources/{resourceID}/secret";
const READ: Permission = Permission::Read(Area::ApplicationSecrets);
const WRITE: Permission = Permission::Write(Area::ApplicationSecrets);

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::new(Method::GET, OF_APPLICATION, "Read application secret", read).needs(READ),
        Route::new(Method::POST, OF_APPLICATION, "Rotate application secret", rotate)
            .needs(WRITE)
            .status(200)
            .body(rotation()),
        Route::new(Method::DELETE, OF_APPLICATION, "Delete previous application secret", drop_previous)
            .needs(WRITE),
        Route::new(Method::GET, OF_RESOURCE, "Read resource secret", read).needs(READ),
        Route::new(Method::POST, OF_RESOURCE, "Rotate resource secret", rotate)
            .needs(WRITE)
            .status(200)
            .body(rotation()),
        Route::new(Method::DELETE, OF_RESOURCE, "Delete previous resource secret", drop_previous)
            .needs(WRITE),
    ];
    routes.into_iter().map(|route| route.group("Application secret")).collect()
}

/// Shortest and longest time that a previous secret may stay valid.
const GRACE: (Span, Span) = (Span::minutes(1), Span::days(30));

fn rotation() -> &'static Object {
    static BODY: LazyLock<Object> =
        LazyLock::new(|| object(vec![nested("previous", object(vec![date("expiresAt").required()]))]));
    &BODY
}

fn owner(call: &Call) -> Result<Owner> {
    match call.param("applicationID") {
        Some(_) => Ok(Owner::Application(call.id("applicationID")?)),
        None => Ok(Owner::Resource(call.id("resourceID")?)),
    }
}

/// Refuses an owner that does not exist, or that is an application with more roles than the caller: who has its secret
/// acts with them.
async fn may_handle(tx: &mut Tx, ctx: &Ctx, owner: Owner) -> Result<()> {
    let missing = Error::NotFound("secret");
    match owner {
        Owner::Application(id) => {
            documents::find_shared::<Application>(tx, ctx.environment, id).await?.ok_or(missing)?;
            roles::may_control(tx, ctx, id).await
        }
        Owner::Resource(id) => {
            documents::find_shared::<Resource>(tx, ctx.environment, id).await?.ok_or(missing)?;
            Ok(())
        }
    }
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let owner = owner(&call)?;
    let mut tx = call.app.read().await?;
    may_handle(&mut tx, &call.ctx, owner).await?;
    let secrets = clients::read_secret(&mut tx, &call.ctx, owner).await?.ok_or(Error::NotFound("secret"))?;
    drop(tx);
    Ok(Reply::ok(&render(&call, &secrets)))
}

async fn rotate(call: Call) -> Result<Reply, Failure> {
    let owner = owner(&call)?;
    let checked = rotation().check(&call.object()?, None).map_err(Error::Invalid)?;
    let until = Value::Object(checked)
        .pointer("/previous/expiresAt")
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok());
    if let Some(until) = until {
        within_grace(call.ctx.now, until)?;
    }
    let secrets = call
        .app
        .write(&call.ctx, (owner, until), |tx, ctx, (owner, until)| {
            Box::pin(async move {
                may_handle(tx, ctx, *owner).await?;
                clients::rotate_secret(tx, ctx, *owner, *until).await?;
                clients::read_secret(tx, ctx, *owner).await?.ok_or(Error::NotFound("secret"))
            })
        })
        .await?;
    call.app.forget_access(call.ctx.environment);
    Ok(Reply::ok(&render(&call, &secrets)))
}

fn within_grace(now: Timestamp, until: Timestamp) -> Result<()> {
    let span = until.since(now);
    if span >= GRACE.0 && span <= GRACE.1 {
        return Ok(());
    }
    Err(Error::invalid(Problem::invalid("previous.expiresAt", "must be 1 minute to 30 days ahead")))
}

async fn drop_previous(call: Call) -> Result<Reply, Failure> {
    let owner = owner(&call)?;
    call.app
        .write(&call.ctx, owner, |tx, ctx, owner| {
            Box::pin(async move {
                may_handle(tx, ctx, *owner).await?;
                clients::drop_previous(tx, ctx, *owner).await
            })
        })
        .await?;
    call.app.forget_access(call.ctx.environment);
    Ok(Reply::no_content())
}

fn render(call: &Call, secrets: &Secrets) -> Value {
    let (template, rel) = match call.param("applicationID") {
        Some(_) => (OF_APPLICATION, "application"),
        None => (OF_RESOURCE, "resource"),
    };
    let own = address(&call.ctx, template, &call.params);
    let links = Links::to(&own)
        .link("environment", &environment_address(&call.ctx, call.ctx.environment))
        .link(rel, own.trim_end_matches("/secret"));
    let mut members = Map::new();
    members.insert("environment".to_owned(), json!({ "id": call.ctx.environment }));
    members.insert("secret".to_owned(), json!(secrets.current.expose()));
    if let Some(previous) = secrets.previous.as_ref().filter(|previous| previous.expires_at > call.ctx.now) {
        let mut shown = Map::from_iter([
            ("secret".to_owned(), json!(previous.secret.expose())),
            ("expiresAt".to_owned(), json!(previous.expires_at)),
        ]);
        if let Some(at) = previous.used_at {
            shown.insert("lastUsed".to_owned(), json!(at));
        }
        members.insert("previous".to_owned(), Value::Object(shown));
    }
    hal::resource(links, members)
}
