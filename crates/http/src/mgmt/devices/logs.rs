//! The logs of a MOBILE device (MFA contract 1.11). PingOne lets them be asked for; here they can be read as well.

use std::sync::LazyLock;

use http::Method;
use postern_core::devices::mobile::LogWish;
use postern_core::ids::{DeviceId, UserId};
use postern_core::permission::Verb;
use postern_core::schema::{Object, object, one_of};
use postern_engine::{Error, phones};
use serde_json::{Map, Value, json};

use crate::device_view as view;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const LOGS: &str = "/v1/environments/{envID}/users/{userID}/devices/{deviceID}/logs";

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::PUT, LOGS, "Send MFA device logs", want).body(schema()).verb(Verb::Administer),
        Route::new(Method::GET, LOGS, "Read MFA device logs", read).verb(Verb::Administer),
    ]
}

fn schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> =
        LazyLock::new(|| object(vec![one_of("status", &["PENDING"]).required()]));
    &SCHEMA
}

async fn want(call: Call) -> Result<Reply, Failure> {
    let named = named(&call)?;
    schema().check(&call.object()?, None).map_err(Error::Invalid)?;
    let wish = call
        .app
        .write(&call.ctx, named, |tx, ctx, (user, id)| Box::pin(phones::want_logs(tx, ctx, *user, *id)))
        .await?;
    Ok(Reply::ok(&render(&call, named, wish.into())))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let (user, id) = named(&call)?;
    let mut tx = call.app.read().await?;
    let (wish, kept) = phones::read_logs(&mut tx, &call.ctx, user, id).await?;
    drop(tx);
    let mut shown = render(&call, (user, id), wish);
    if let (Some(members), Some((at, content))) = (shown.as_object_mut(), kept) {
        members.insert("receivedAt".to_owned(), json!(at));
        members.insert("content".to_owned(), json!(content.expose()));
    }
    Ok(Reply::ok(&shown))
}

fn render(call: &Call, (user, id): (UserId, DeviceId), wish: Option<LogWish>) -> Value {
    let device = format!("{}/devices/{id}", view::user_address(&call.ctx, user));
    let links = Links::to(&format!("{device}/logs")).link("device", &device);
    let mut members = Map::new();
    if let Some(wish) = wish {
        members.insert("status".to_owned(), json!(wish.status));
        members.insert("expiresAt".to_owned(), json!(wish.expires_at));
    }
    hal::resource(links, members)
}

fn named(call: &Call) -> postern_engine::Result<(UserId, DeviceId)> {
    Ok((call.id("userID")?, call.id("deviceID")?))
}
