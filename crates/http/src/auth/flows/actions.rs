//! The actions that need no password.

use postern_core::ids::FlowId;
use postern_engine::Result;
use postern_engine::flows::{self, Snapshot};

use super::super::super::web::Call;
use super::super::cookies;
use super::body::{self, Checked};

pub(super) async fn reset(call: &Call, id: FlowId) -> Result<Snapshot> {
    call.app.write(&call.ctx, id, |tx, ctx, id| Box::pin(flows::reset(tx, ctx, *id))).await
}

pub(super) async fn look_up(call: &Call, id: FlowId) -> Result<Snapshot> {
    let body = Checked::read(body::name(), &call.object()?)?;
    let work = (id, body.text("username").to_owned(), cookies::browser(call));
    call.app
        .write(&call.ctx, work, |tx, ctx, (id, name, browser)| {
            Box::pin(flows::look_up(tx, ctx, *id, name, browser))
        })
        .await
}

pub(super) async fn select_device(call: &Call, id: FlowId) -> Result<Snapshot> {
    let body = Checked::read(body::device(), &call.object()?)?;
    let work = (id, body.device()?, cookies::browser(call));
    call.app
        .write(&call.ctx, work, |tx, ctx, (id, device, browser)| {
            Box::pin(flows::select_device(tx, ctx, *id, *device, browser))
        })
        .await
}

pub(super) async fn check_otp(call: &Call, id: FlowId) -> Result<Snapshot> {
    let body = Checked::read(body::otp(), &call.object()?)?;
    let work = (id, body.secret("otp"), cookies::browser(call));
    let verdict = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, otp, browser)| {
            Box::pin(flows::check_otp(tx, ctx, *id, otp, browser))
        })
        .await?;
    verdict.into_result()
}
