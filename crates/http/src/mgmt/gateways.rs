//! Credentials of gateways, whose token is shown once, and instances, of which there are never any.

use http::Method;
use postern_core::directory::gateway::{Gateway, GatewayCredential};
use postern_core::directory::reference::Reference;
use postern_core::entity::Stored;
use postern_core::ids::{GatewayCredentialId, GatewayId};
use postern_core::permission::{Area, Permission};
use postern_engine::audit::{self, Event, Subject};
use postern_engine::{Error, gateways};
use postern_store::documents;
use serde_json::json;

use super::crud;
use super::resource::Resource;
use super::resources::gateway::GatewayCredentials;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const INSTANCES: &str = "/v1/environments/{envID}/gateways/{gatewayID}/instances";
const INSTANCE: &str = "/v1/environments/{envID}/gateways/{gatewayID}/instances/{instanceID}";
const READ: Permission = Permission::Read(Area::Gateways);

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let create = Route::new(Method::POST, GatewayCredentials::PATH, "Create gateway credential", create)
        .needs(Permission::Write(Area::Gateways))
        .group(GatewayCredentials::GROUP);
    let instances = [
        Route::new(Method::GET, INSTANCES, "Read all gateway instances", list_instances).needs(READ),
        Route::new(Method::GET, INSTANCE, "Read one gateway instance", read_instance).needs(READ),
    ];
    let mut routes = crud::routes::<GatewayCredentials>();
    routes.insert(1, create);
    routes.extend(instances.into_iter().map(|route| route.group("Gateway instances")));
    routes
}

async fn create(call: Call) -> Result<Reply, Failure> {
    let gateway: GatewayId = call.id("gatewayID")?;
    let id = GatewayCredentialId::new(&call.ctx.random);
    let credential = GatewayCredential { gateway: Reference::to(gateway) };
    let stored = Stored::new(call.ctx.environment, id, call.ctx.now, credential);
    let key = call.app.signing.signer(call.app.db(), &call.ctx, None).await?;
    let gateway = call
        .app
        .write(&call.ctx, stored.clone(), |tx, ctx, stored| {
            Box::pin(async move {
                let gateway = stored.gateway.id;
                let found = documents::find_shared::<Gateway>(tx, ctx.environment, gateway).await?;
                let gateway = found.ok_or(Error::NotFound("gateway"))?;
                documents::insert(tx, stored).await?;
                audit::record(tx, ctx, Event::new("GATEWAY_CREDENTIAL.CREATED", Subject::of(stored))).await?;
                Ok::<_, Error>(gateway)
            })
        })
        .await?;
    let token = gateways::token(&call.ctx, &key, &gateway, &stored)?;
    let mut shown = crud::render::<GatewayCredentials>(&call.ctx, &call.params, &stored);
    if let Some(members) = shown.as_object_mut() {
        members.insert("credential".to_owned(), json!(token));
    }
    Ok(Reply::created(&shown))
}

/// The gateway of the path must exist.
async fn gateway(call: &Call) -> Result<(), Failure> {
    let id: GatewayId = call.id("gatewayID")?;
    let found = documents::find::<Gateway>(&mut call.app.read().await?, call.ctx.environment, id).await?;
    found.map(|_| ()).ok_or_else(|| Error::NotFound("gateway").into())
}

async fn list_instances(call: Call) -> Result<Reply, Failure> {
    gateway(&call).await?;
    let own = crud::address(&call.ctx, INSTANCES, &call.params);
    Ok(Reply::ok(&hal::collection(Links::to(&own), "gatewayInstances", Vec::new(), Some(0))))
}

async fn read_instance(call: Call) -> Result<Reply, Failure> {
    gateway(&call).await?;
    Err(Error::NotFound("gateway instance").into())
}
