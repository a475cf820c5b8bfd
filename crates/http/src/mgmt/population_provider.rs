//! The identity provider that the users of a population sign on with by default. It is kept and shown.

use std::sync::LazyLock;

use http::Method;
use postern_core::directory::identity_provider::IdentityProvider;
use postern_core::directory::population::Population;
use postern_core::ids::{Id, IdentityProviderId, PopulationId, parse_uuid};
use postern_core::permission::{Area, Permission};
use postern_core::schema::{Object, object, uuid};
use postern_engine::audit::{self, Event, Subject};
use postern_engine::references::must_exist;
use postern_engine::{Ctx, Error, Result};
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::population_provider;
use serde_json::{Map, Value, json};

use super::crud::{address, environment_address};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const PATH: &str = "/v1/environments/{envID}/populations/{populationID}/defaultIdentityProvider";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::new(Method::GET, PATH, "Read default identity provider of a population", read)
            .needs(Permission::Read(Area::Populations)),
        Route::new(Method::PUT, PATH, "Update default identity provider of a population", replace)
            .needs(Permission::Write(Area::Populations))
            .body(body()),
    ];
    routes.into_iter().map(|route| route.group("Populations")).collect()
}

fn body() -> &'static Object {
    static BODY: LazyLock<Object> =
        LazyLock::new(|| object(vec![uuid("id").doc("The directory itself when not sent.")]));
    &BODY
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let population: PopulationId = call.id("populationID")?;
    let mut tx = call.app.read().await?;
    let shown = find(&mut tx, &call.ctx, population).await?;
    drop(tx);
    Ok(Reply::ok(&render(&call, shown)))
}

/// The id and the kind of the provider, of a population that exists.
async fn find(
    tx: &mut Tx,
    ctx: &Ctx,
    population: PopulationId,
) -> Result<Option<(IdentityProviderId, &'static str)>> {
    let there = documents::find::<Population>(tx, ctx.environment, population).await?;
    there.ok_or(Error::NotFound("population"))?;
    let Some(id) = population_provider::find(tx, ctx.environment, population).await? else { return Ok(None) };
    let provider = documents::find::<IdentityProvider>(tx, ctx.environment, id).await?;
    Ok(provider.map(|provider| (id, provider.kind.as_str())))
}

async fn replace(call: Call) -> Result<Reply, Failure> {
    let population: PopulationId = call.id("populationID")?;
    let checked = body().check(&call.object()?, None).map_err(Error::Invalid)?;
    let provider = checked.get("id").and_then(Value::as_str).and_then(|id| parse_uuid(id).ok());
    let provider = provider.map(IdentityProviderId::from_uuid);
    let shown = call
        .app
        .write(&call.ctx, (population, provider), |tx, ctx, (population, provider)| {
            Box::pin(put(tx, ctx, *population, *provider))
        })
        .await?;
    Ok(Reply::ok(&render(&call, shown)))
}

async fn put(
    tx: &mut Tx,
    ctx: &Ctx,
    population: PopulationId,
    provider: Option<IdentityProviderId>,
) -> Result<Option<(IdentityProviderId, &'static str)>> {
    let there = documents::find_shared::<Population>(tx, ctx.environment, population).await?;
    there.ok_or(Error::NotFound("population"))?;
    match provider {
        Some(id) => {
            must_exist::<IdentityProvider>(tx, ctx, id, "id").await?;
            population_provider::set(tx, ctx.environment, population, id).await?;
        }
        None => population_provider::clear(tx, ctx.environment, population).await?,
    }
    let event = Event::new("POPULATION.UPDATED", Subject::new::<Population>(population));
    audit::record(tx, ctx, event.changed(json!(["defaultIdentityProvider"]))).await?;
    find(tx, ctx, population).await
}

fn render(call: &Call, provider: Option<(IdentityProviderId, &'static str)>) -> Value {
    let own = address(&call.ctx, PATH, &call.params);
    let links = Links::to(&own).link("environment", &environment_address(&call.ctx, call.ctx.environment));
    let mut members = Map::new();
    match provider {
        Some((id, kind)) => {
            members.insert("id".to_owned(), json!(id));
            members.insert("type".to_owned(), json!(kind));
        }
        None => {
            members.insert("type".to_owned(), json!("PING_ONE"));
        }
    }
    hal::resource(links, members)
}
