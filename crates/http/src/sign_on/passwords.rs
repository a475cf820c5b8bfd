//! The actions with passwords. Hashing happens between the transactions, on a blocking thread.

use postern_core::flow::Action;
use postern_core::ids::{FlowId, UserId};
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_engine::flows::{self, Snapshot};
use postern_engine::passwords::{self, Origin};
use postern_engine::{Error, Result};
use serde_json::Value;

use super::super::web::{Call, hashing};
use super::body::{self, Checked};
use super::cookies;

pub(super) async fn check(call: &Call, id: FlowId, sent: &Value) -> Result<Snapshot> {
    let body = Checked::read(body::credentials(), sent)?;
    let password = body.secret("password");
    let browser = cookies::of_flow(call, id);
    let mut tx = call.app.read().await?;
    let check = flows::prepare_password(&mut tx, &call.ctx, id, body.sent("username"), &browser).await?;
    drop(tx);
    let checked = hashing::run(&call.app, move || check.compare(&password)).await?;
    let work = (id, checked, browser);
    let verdict = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, checked, browser)| {
            Box::pin(flows::record_password(tx, ctx, *id, checked, browser))
        })
        .await?;
    verdict.into_result()
}

pub(super) async fn forgot(call: &Call, id: FlowId, sent: &Value) -> Result<Snapshot> {
    let body = Checked::read(body::name(), sent)?;
    let work = (id, body.text("username").to_owned(), cookies::of_flow(call, id));
    call.app
        .write(&call.ctx, work, |tx, ctx, (id, name, browser)| {
            Box::pin(flows::forgot_password(tx, ctx, *id, name, browser))
        })
        .await
}

pub(super) async fn resend(call: &Call, id: FlowId) -> Result<Snapshot> {
    let work = (id, cookies::of_flow(call, id));
    call.app
        .write(&call.ctx, work, |tx, ctx, (id, browser)| {
            Box::pin(flows::resend_recovery_code(tx, ctx, *id, browser))
        })
        .await
}

pub(super) async fn recover(call: &Call, id: FlowId, sent: &Value) -> Result<Snapshot> {
    let body = Checked::read(body::recovery(), sent)?;
    let work = (id, body.secret("recoveryCode"), cookies::of_flow(call, id));
    let verdict = call
        .app
        .write(&call.ctx, work, |tx, ctx, (id, code, browser)| {
            Box::pin(flows::check_recovery_code(tx, ctx, *id, code, browser))
        })
        .await?;
    let user = verdict.into_result()?;
    set(call, id, user, Action::PasswordRecover, Origin::Recovered, body.secret("newPassword"), None).await
}

pub(super) async fn change(call: &Call, id: FlowId, sent: &Value) -> Result<Snapshot> {
    let body = Checked::read(body::change(), sent)?;
    let current = body.secret("currentPassword");
    let mut tx = call.app.read().await?;
    let browser = cookies::of_flow(call, id);
    let user = flows::password_holder(&mut tx, &call.ctx, id, Action::PasswordReset, &browser).await?;
    let check = passwords::prepare_check(&mut tx, &call.ctx, user).await?;
    drop(tx);
    let candidate = current.clone();
    let checked = hashing::run(&call.app, move || check.compare(&candidate)).await?;
    let verdict = call
        .app
        .write(&call.ctx, checked, |tx, ctx, checked| {
            Box::pin(passwords::record_check(tx, ctx, checked, wrong_current))
        })
        .await?;
    verdict.into_result()?;
    set(call, id, user, Action::PasswordReset, Origin::Own, body.secret("newPassword"), Some(current)).await
}

fn wrong_current() -> Error {
    Error::invalid(Problem::invalid("currentPassword", "The current password is not correct."))
}

/// Holds a new password against the policy, hashes it and records it with the flow's move.
async fn set(
    call: &Call,
    id: FlowId,
    user: UserId,
    action: Action,
    origin: Origin,
    value: Secret,
    current: Option<Secret>,
) -> Result<Snapshot> {
    let mut tx = call.app.read().await?;
    let change = passwords::prepare_change(&mut tx, &call.ctx, user, origin, "newPassword").await?;
    drop(tx);
    let changed = hashing::run(&call.app, move || change.make(&value, current.as_ref())).await??;
    let work = (id, action, changed, cookies::of_flow(call, id));
    call.app
        .write(&call.ctx, work, |tx, ctx, (id, action, changed, browser)| {
            Box::pin(flows::record_new_password(tx, ctx, *id, *action, changed, browser))
        })
        .await
}
