//! One device: read, delete, and the actions chosen by media type.

use std::future::Future;
use std::pin::Pin;

use futures_util::future::BoxFuture;
use postern_core::devices::{Device, input};
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, UserId};
use postern_core::schema;
use postern_engine::{Ctx, Error, devices};
use postern_store::sql::Tx;
use serde::Deserialize;
use serde_json::json;

use super::qr;
use crate::device_view::{self as view, Managed};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply};

/// The future of an action.
pub(super) type Answered = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>;

/// Reads it.
pub(super) async fn read(call: Call) -> Result<Reply, Failure> {
    let (user, id) = named(&call)?;
    let mut tx = call.app.read().await?;
    let device = devices::get(&mut tx, &call.ctx, user, id).await?;
    drop(tx);
    if let Some(picture) = qr::answer(&call.ctx, &device, call.header("accept")) {
        return Ok(picture);
    }
    Ok(Reply::ok(&Managed::of(&call.ctx, &device)))
}

/// Deletes it.
pub(super) async fn delete(call: Call) -> Result<Reply, Failure> {
    let named = named(&call)?;
    call.app
        .write(&call.ctx, named, |tx, ctx, (user, id)| Box::pin(devices::delete(tx, ctx, *user, *id)))
        .await?;
    Ok(Reply::no_content())
}

/// Sets or removes its nickname.
pub(super) async fn rename(call: Call) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Body {
        nickname: String,
    }
    let (user, id) = named(&call)?;
    let body: Body = input::nickname_schema()
        .check(&call.object()?, None)
        .and_then(schema::decode)
        .map_err(Error::Invalid)?;
    let work = (user, id, body.nickname.clone());
    call.app
        .write(&call.ctx, work, |tx, ctx, (user, id, name)| {
            Box::pin(devices::rename(tx, ctx, *user, *id, name))
        })
        .await?;
    let device = format!("{}/devices/{id}", view::user_address(&call.ctx, user));
    let links = Links::to(&format!("{device}/nickname")).link("device", &device);
    let members = serde_json::Map::from_iter([("nickname".to_owned(), json!(body.nickname))]);
    Ok(Reply::ok(&hal::resource(links, members)))
}

/// Checks the proof that it belongs to the user.
pub(super) async fn activate(call: Call) -> Result<Reply, Failure> {
    let (user, id) = named(&call)?;
    let proof: input::Proof = input::activation_schema()
        .check(&call.object()?, None)
        .and_then(schema::decode)
        .map_err(Error::Invalid)?;
    let work = (user, id, proof);
    let verdict = call
        .app
        .write(&call.ctx, work, |tx, ctx, (user, id, proof)| {
            Box::pin(devices::activate(tx, ctx, *user, *id, proof))
        })
        .await?;
    let device = verdict.into_result()?;
    Ok(Reply::ok(&Managed::of(&call.ctx, &device)))
}

/// Sends a new pairing code.
pub(super) async fn resend(call: Call) -> Result<Reply, Failure> {
    act(call, |tx, ctx, (user, id)| Box::pin(devices::resend(tx, ctx, *user, *id))).await
}

/// Ends its lock.
pub(super) async fn unlock(call: Call) -> Result<Reply, Failure> {
    act(call, |tx, ctx, (user, id)| Box::pin(devices::unlock(tx, ctx, *user, *id))).await
}

/// Blocks it.
pub(super) async fn block(call: Call) -> Result<Reply, Failure> {
    act(call, |tx, ctx, (user, id)| Box::pin(devices::block(tx, ctx, *user, *id))).await
}

/// Unblocks it.
pub(super) async fn unblock(call: Call) -> Result<Reply, Failure> {
    act(call, |tx, ctx, (user, id)| Box::pin(devices::unblock(tx, ctx, *user, *id))).await
}

type Named = (UserId, DeviceId);
type Action =
    for<'t> fn(&'t mut Tx, &'t Ctx, &'t Named) -> BoxFuture<'t, postern_engine::Result<Stored<Device>>>;

async fn act(call: Call, action: Action) -> Result<Reply, Failure> {
    let named = named(&call)?;
    let device = call.app.write(&call.ctx, named, action).await?;
    Ok(Reply::ok(&Managed::of(&call.ctx, &device)))
}

fn named(call: &Call) -> postern_engine::Result<Named> {
    Ok((call.id("userID")?, call.id("deviceID")?))
}
