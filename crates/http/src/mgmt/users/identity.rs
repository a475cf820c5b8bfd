//! Who vouches for a user, and whether its identity may be verified: two more properties with addresses of their own.

use std::sync::LazyLock;

use http::Method;
use postern_core::directory::user::{IdentityProvider, VerifyStatus};
use postern_core::ids::UserId;
use postern_core::permission::{Area, Permission, Verb};
use postern_core::problem::Problem;
use postern_core::schema::{Object, decode, nested, object, one_of, uuid};
use postern_engine::{Error, users};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::mgmt::crud;
use crate::mgmt::resource::Resource;
use crate::mgmt::resources::user::Users;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const IDENTITY_PROVIDER: &str = "/v1/environments/{envID}/users/{userID}/identityProvider";
const VERIFY_STATUS: &str = "/v1/environments/{envID}/users/{userID}/verifyStatus";

pub(super) fn routes() -> Vec<Route> {
    let change = |route: Route| route.needs(Permission::Write(Area::Users)).verb(Verb::Administer);
    vec![
        Route::new(Method::GET, IDENTITY_PROVIDER, "Read user identity provider", read_provider)
            .needs(Users::READ),
        change(
            Route::new(Method::PUT, IDENTITY_PROVIDER, "Update user identity provider", set_provider)
                .body(provider_body()),
        ),
        Route::new(Method::GET, VERIFY_STATUS, "Read user verify status", read_status).needs(Users::READ),
        change(
            Route::new(Method::PUT, VERIFY_STATUS, "Update user verify status", set_status)
                .body(status_body()),
        ),
    ]
}

/// The id of the provider, as clients send it: alone, or in the form that users show it in. Without one, Postern.
fn provider_body() -> &'static Object {
    static BODY: LazyLock<Object> =
        LazyLock::new(|| object(vec![uuid("id"), nested("identityProvider", object(vec![uuid("id")]))]));
    &BODY
}

fn status_body() -> &'static Object {
    static BODY: LazyLock<Object> =
        LazyLock::new(|| object(vec![one_of("verifyStatus", VerifyStatus::WORDS).required()]));
    &BODY
}

async fn read_provider(call: Call) -> Result<Reply, Failure> {
    let id: UserId = call.id("userID")?;
    let user = users::get(&mut call.app.read().await?, &call.ctx, id).await?;
    Ok(provider(&call, &user.identity_provider))
}

async fn set_provider(call: Call) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Named {
        id: Option<Uuid>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        id: Option<Uuid>,
        identity_provider: Option<Named>,
    }
    let user: UserId = call.id("userID")?;
    let checked = provider_body().check(&call.object()?, None).map_err(Error::Invalid)?;
    let body: Body = decode(checked).map_err(Error::Invalid)?;
    let wanted = body.id.or(body.identity_provider.and_then(|named| named.id));
    let user = call
        .app
        .write(&call.ctx, (user, wanted), |tx, ctx, (user, wanted)| {
            Box::pin(users::set_identity_provider(tx, ctx, *user, *wanted))
        })
        .await?;
    Ok(provider(&call, &user.identity_provider))
}

fn provider(call: &Call, provider: &IdentityProvider) -> Reply {
    let user = crud::address(&call.ctx, Users::ITEM, &call.params);
    let links = Links::to(&format!("{user}/identityProvider")).link("user", &user);
    Reply::ok(&hal::resource(links, crate::mgmt::view::body(provider)))
}

async fn read_status(call: Call) -> Result<Reply, Failure> {
    let id: UserId = call.id("userID")?;
    let user = users::get(&mut call.app.read().await?, &call.ctx, id).await?;
    Ok(status(&call, user.verify_status))
}

async fn set_status(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let checked = status_body().check(&call.object()?, None).map_err(Error::Invalid)?;
    let wanted = checked
        .get("verifyStatus")
        .and_then(|word| VerifyStatus::deserialize(word).ok())
        .ok_or_else(|| Problem::not_allowed("verifyStatus", VerifyStatus::WORDS))
        .map_err(Error::invalid)?;
    let user = call
        .app
        .write(&call.ctx, (user, wanted), |tx, ctx, (user, wanted)| {
            Box::pin(users::set_verify_status(tx, ctx, *user, *wanted))
        })
        .await?;
    Ok(status(&call, user.verify_status))
}

fn status(call: &Call, status: VerifyStatus) -> Reply {
    let user = crud::address(&call.ctx, Users::ITEM, &call.params);
    let links = Links::to(&format!("{user}/verifyStatus")).link("user", &user);
    let members: Map<String, Value> = Map::from_iter([("verifyStatus".to_owned(), json!(status))]);
    Reply::ok(&hal::resource(links, members))
}
