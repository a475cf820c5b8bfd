//! The actions that need no password.

use postern_core::ids::FlowId;
use postern_core::mfa::input::{self, AssertionAnswer};
use postern_core::schema;
use postern_engine::flows::{self, Snapshot};
use postern_engine::{Error, Result};
use serde_json::Value;

use super::super::web::Call;
use super::body::{self, Checked};
use super::cookies;

pub(super) async fn reset(call: &Call, id: FlowId) -> Result<Snapshot> {
    let work = (id, cookies::of_flow(call, id));
    call.app
        .write(&call.ctx, work, |tx, ctx, (id, browser)| Box::pin(flows::reset(tx, ctx, *id, browser)))
        .await
}

pub(super) async fn look_up(call: &Call, id: FlowId, sent: &Value) -> Result<Snapshot> {
    let body = Checked::read(body::name(), sent)?;
    let work = (id, body.text("username").to_owned(), cookies::of_flow(call, id));
    call.app
        .write(&call.ctx, work, |tx, ctx, (id, name, browser)| {
            Box::pin(flows::look_up(tx, ctx, *id, name, browser))
        })
        .await
}

pub(super) async fn select_device(call: &Call, id: FlowId, sent: &Value) -> Result<Snapshot> {
    let body = Checked::read(body::device(), sent)?;
    let work = (id, body.device()?, cookies::of_flow(call, id));
    call.app
        .write(&call.ctx, work, |tx, ctx, (id, device, browser)| {
            Box::pin(flows::select_device(tx, ctx, *id, *device, browser))
        })
        .await
}

pub(super) async fn check_otp(call: &Call, id: FlowId, sent: &Value) -> Result<Snapshot> {
    let body = Checked::read(body::otp(), sent)?;
    let work = (id, body.secret("otp"), cookies::of_flow(call, id));
    let verdict = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, otp, browser)| {
            Box::pin(flows::check_otp(tx, ctx, *id, otp, browser))
        })
        .await?;
    verdict.into_result()
}

pub(super) async fn check_assertion(call: &Call, id: FlowId, sent: &Value) -> Result<Snapshot> {
    let answer: AssertionAnswer =
        input::assertion_schema().check(sent, None).and_then(schema::decode).map_err(Error::Invalid)?;
    let work = (id, answer, cookies::of_flow(call, id));
    let verdict = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, answer, browser)| {
            Box::pin(flows::check_assertion(tx, ctx, *id, answer, browser))
        })
        .await?;
    verdict.into_result()
}

pub(super) async fn cancel_push(call: &Call, id: FlowId, sent: &Value) -> Result<Snapshot> {
    input::cancel_schema().check(sent, None).map_err(Error::Invalid)?;
    let work = (id, cookies::of_flow(call, id));
    call.app
        .write(&call.ctx, work, |tx, ctx, (id, browser)| Box::pin(flows::cancel_push(tx, ctx, *id, browser)))
        .await
}
