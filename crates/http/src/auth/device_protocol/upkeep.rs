//! What an application sees and changes of its own device.

use std::sync::Arc;

use http::Method;
use postern_core::devices::Device;
use postern_core::devices::mobile::{KeyChange, Update, log_schema};
use postern_core::entity::Stored;
use postern_core::ids::DeviceId;
use postern_engine::{Ctx, Error, phones};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::super::web::hal::{self, Links};
use super::super::super::web::{Call, Failure, Reply};
use super::proof::{Signed, admit};
use super::{DEVICE, KEY, LOGS};

pub(super) async fn read(mut call: Call) -> Result<Reply, Failure> {
    let signed = Signed::of(&call, Method::GET, DEVICE)?;
    let device = admit(&mut call, &signed).await?;
    Ok(Reply::ok(&render(&call.ctx, &device)))
}

pub(super) async fn update(mut call: Call) -> Result<Reply, Failure> {
    let signed = Signed::of(&call, Method::PATCH, DEVICE)?;
    let device = admit(&mut call, &signed).await?;
    let update = Update::read(&call.object()?).map_err(Error::Invalid)?;
    let work = (device.id, update);
    let device = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, update)| Box::pin(phones::update(tx, ctx, *id, update)))
        .await?;
    Ok(Reply::ok(&render(&call.ctx, &device)))
}

pub(super) async fn unpair(mut call: Call) -> Result<Reply, Failure> {
    let signed = Signed::of(&call, Method::DELETE, DEVICE)?;
    let device = admit(&mut call, &signed).await?;
    call.app.write(&call.ctx, device.id, |tx, ctx, id| Box::pin(phones::unpair(tx, ctx, *id))).await?;
    Ok(Reply::no_content())
}

pub(super) async fn change_key(mut call: Call) -> Result<Reply, Failure> {
    let signed = Signed::of(&call, Method::PUT, KEY)?;
    let device = admit(&mut call, &signed).await?;
    let change = KeyChange::read(&call.object()?).map_err(Error::Invalid)?;
    let work = (device.id, change, Arc::new(signed));
    let verdict = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, change, signed)| {
            Box::pin(phones::change_key(tx, ctx, *id, change, signed.covered()))
        })
        .await?;
    Ok(Reply::ok(&render(&call.ctx, &verdict.into_result()?)))
}

pub(super) async fn receive_logs(mut call: Call) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Body {
        content: String,
    }
    let signed = Signed::of(&call, Method::POST, LOGS)?;
    let device = admit(&mut call, &signed).await?;
    let body: Body = log_schema().read(&call.object()?, None).map_err(Error::Invalid)?;
    call.app
        .write(&call.ctx, (device.id, body.content), |tx, ctx, (id, content)| {
            Box::pin(phones::receive_logs(tx, ctx, *id, content))
        })
        .await?;
    Ok(Reply::no_content())
}

/// The address of a device for its own application.
pub(super) fn address(ctx: &Ctx, id: DeviceId) -> String {
    format!("{}/devices/{id}", ctx.urls.auth_of(ctx.environment))
}

/// Whether an administrator waits for the logs.
pub(super) fn logs_wanted(ctx: &Ctx, device: &Device) -> bool {
    let wish = device.mobile.as_ref().and_then(|app| app.logs);
    wish.is_some_and(|wish| wish.open(ctx.now))
}

fn render(ctx: &Ctx, device: &Stored<Device>) -> Value {
    let own = address(ctx, device.id);
    let mut members = Map::from_iter([
        ("id".to_owned(), json!(device.id)),
        ("environment".to_owned(), json!({ "id": device.environment })),
        ("user".to_owned(), json!({ "id": device.user })),
        ("usable".to_owned(), json!(device.usable(ctx.now))),
        ("logsRequested".to_owned(), json!(logs_wanted(ctx, device))),
        ("createdAt".to_owned(), json!(device.created_at)),
        ("updatedAt".to_owned(), json!(device.updated_at)),
    ]);
    if let Some(app) = &device.mobile {
        members.insert("application".to_owned(), json!({ "id": app.application }));
        members.insert("pushEnabled".to_owned(), json!(app.push_enabled));
        members.insert("notificationProvider".to_owned(), json!(app.push.as_ref().map(|push| push.provider)));
    }
    if let Some(nickname) = &device.nickname {
        members.insert("nickname".to_owned(), json!(nickname));
    }
    hal::resource(Links::to(&own).link("requests", &format!("{own}/requests")), members)
}
