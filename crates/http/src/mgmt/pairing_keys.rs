//! Pairing keys of a user (MFA contract 5.1). PingOne offers no list of them, nor do we.

use http::Method;
use postern_core::devices::pairing_key::{self, NewPairingKey, PairingKey};
use postern_core::entity::Stored;
use postern_core::ids::{PairingKeyId, UserId};
use postern_core::permission::{Area, Permission};
use postern_engine::{Ctx, Error, Result, pairing_keys};
use serde_json::{Map, Value, json};

use super::crud::environment_address;
use crate::device_view::user_address;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const COLLECTION: &str = "/v1/environments/{envID}/users/{userID}/pairingKeys";
const ITEM: &str = "/v1/environments/{envID}/users/{userID}/pairingKeys/{pairingKeyID}";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let write = Permission::Write(Area::PairingKeys);
    let routes = vec![
        Route::new(Method::POST, COLLECTION, "Create MFA pairing key", create)
            .needs(write)
            .body(pairing_key::schema()),
        Route::new(Method::GET, ITEM, "Read one MFA pairing key", read)
            .needs(Permission::Read(Area::PairingKeys)),
        Route::new(Method::DELETE, ITEM, "Delete MFA pairing key", delete).needs(write),
    ];
    routes.into_iter().map(|route| route.group("MFA pairing keys")).collect()
}

async fn create(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let wanted = NewPairingKey::read(&call.object()?).map_err(Error::Invalid)?;
    let key = call
        .app
        .write(&call.ctx, (user, wanted), |tx, ctx, (user, wanted)| {
            Box::pin(pairing_keys::create(tx, ctx, *user, wanted))
        })
        .await?;
    Ok(Reply::created(&render(&call.ctx, &key)?))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let (user, id) = named(&call)?;
    let mut tx = call.app.read().await?;
    let key = pairing_keys::get(&mut tx, &call.ctx, user, id).await?;
    drop(tx);
    Ok(Reply::ok(&render(&call.ctx, &key)?))
}

async fn delete(call: Call) -> Result<Reply, Failure> {
    let named = named(&call)?;
    call.app
        .write(&call.ctx, named, |tx, ctx, (user, id)| Box::pin(pairing_keys::delete(tx, ctx, *user, *id)))
        .await?;
    Ok(Reply::no_content())
}

fn named(call: &Call) -> Result<(UserId, PairingKeyId)> {
    Ok((call.id("userID")?, call.id("pairingKeyID")?))
}

fn render(ctx: &Ctx, key: &Stored<PairingKey>) -> Result<Value> {
    let user = user_address(ctx, key.user);
    let links = Links::to(&format!("{user}/pairingKeys/{}", key.id))
        .link("environment", &environment_address(ctx, key.environment))
        .link("user", &user);
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    put("id", json!(key.id));
    put("environment", json!({ "id": key.environment }));
    put("code", json!(pairing_keys::code(ctx, key)?.expose()));
    put("status", json!(key.status));
    if let Some(failure) = &key.failure {
        put("error", json!(failure));
    }
    put("applications", json!(key.applications));
    put("user", json!({ "id": key.user }));
    if let Some(device) = key.device {
        put("device", json!({ "id": device }));
    }
    put("createdAt", json!(key.created_at));
    put("updatedAt", json!(key.updated_at));
    put("expiresAt", json!(key.expires_at));
    Ok(hal::resource(links, members))
}
