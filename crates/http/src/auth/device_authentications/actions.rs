//! Reads the bodies, calls the engine, shows what came of it.

use postern_core::devices::input as devices;
use postern_core::ids::{DeviceAuthenticationId, DeviceId};
use postern_core::mfa::Action;
use postern_core::mfa::Compatibility;
use postern_core::mfa::input::{self, AssertionAnswer, Wish};
use postern_core::schema::{self, Object};
use postern_core::secret::Secret;
use postern_engine::Error;
use postern_engine::device_authentications::{self, Snapshot};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::super::web::{Call, Failure, Reply};
use super::view;

/// Moves one that was started.
pub(super) async fn act(call: Call, action: Action) -> Result<Reply, Failure> {
    match action {
        Action::DeviceSelect => select(call).await,
        Action::OtpCheck => check_otp(call).await,
        Action::AssertionCheck => check_assertion(call).await,
        Action::CancelPush => cancel(call).await,
    }
}

pub(super) async fn start(call: Call) -> Result<Reply, Failure> {
    let wish = Wish::read(&call.object()?).map_err(Error::Invalid)?;
    let verdict = call
        .app
        .write(&call.ctx, wish, |tx, ctx, wish| Box::pin(device_authentications::start(tx, ctx, wish)))
        .await?;
    Ok(Reply::created(&view::render(&call.ctx, &verdict.into_result()?)))
}

/// Reading looks for the answer to a push, so that whoever polls sees it.
pub(super) async fn read(call: Call) -> Result<Reply, Failure> {
    let id: DeviceAuthenticationId = call.id("deviceAuthenticationID")?;
    let mut tx = call.app.read().await?;
    let snapshot = device_authentications::read(&mut tx, &call.ctx, id).await?;
    drop(tx);
    if !device_authentications::awaits_push(&snapshot.authentication) {
        return shown(&call, &snapshot);
    }
    let followed = call
        .app
        .write(&call.ctx, id, |tx, ctx, id| Box::pin(device_authentications::follow_push(tx, ctx, *id)))
        .await?;
    shown(&call, &followed)
}

async fn select(call: Call) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Body {
        device: Named,
        compatibility: Option<String>,
    }
    #[derive(Deserialize)]
    struct Named {
        id: DeviceId,
    }
    let id: DeviceAuthenticationId = call.id("deviceAuthenticationID")?;
    let body: Body = checked(&call, input::select_schema())?;
    let browser = Compatibility::read(body.compatibility.as_deref());
    let work = (id, body.device.id, browser);
    let snapshot = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, device, browser)| {
            Box::pin(device_authentications::select_device(tx, ctx, *id, *device, *browser))
        })
        .await?;
    shown(&call, &snapshot)
}

async fn check_otp(call: Call) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Body {
        otp: String,
    }
    let id: DeviceAuthenticationId = call.id("deviceAuthenticationID")?;
    let body: Body = checked(&call, devices::otp_schema())?;
    let work = (id, Secret::new(body.otp));
    let verdict = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, otp)| {
            Box::pin(device_authentications::check_otp(tx, ctx, *id, otp))
        })
        .await?;
    shown(&call, &verdict.into_result()?)
}

async fn check_assertion(call: Call) -> Result<Reply, Failure> {
    let id: DeviceAuthenticationId = call.id("deviceAuthenticationID")?;
    let answer: AssertionAnswer = checked(&call, input::assertion_schema())?;
    let work = (id, answer);
    let verdict = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, answer)| {
            Box::pin(device_authentications::check_assertion(tx, ctx, *id, answer))
        })
        .await?;
    shown(&call, &verdict.into_result()?)
}

async fn cancel(call: Call) -> Result<Reply, Failure> {
    let id: DeviceAuthenticationId = call.id("deviceAuthenticationID")?;
    let _reason: serde_json::Value = checked(&call, input::cancel_schema())?;
    let snapshot = call
        .app
        .write(&call.ctx, id, |tx, ctx, id| Box::pin(device_authentications::cancel_push(tx, ctx, *id)))
        .await?;
    shown(&call, &snapshot)
}

fn shown(call: &Call, snapshot: &Snapshot) -> Result<Reply, Failure> {
    Ok(Reply::ok(&view::render(&call.ctx, snapshot)))
}

fn checked<T: DeserializeOwned>(call: &Call, schema: &Object) -> postern_engine::Result<T> {
    schema.check(&call.object()?, None).and_then(schema::decode).map_err(Error::Invalid)
}
