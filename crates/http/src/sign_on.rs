//! What a person does in a sign-on flow, for both doors to it: the flow endpoints of `auth` and the hosted `pages`.
//!
//! Owns the bodies of the actions, their calls of the engine and the session
//! cookie. How a flow is shown is each door's own.

mod actions;
mod body;
pub(crate) mod cookies;
mod passwords;

use postern_core::flow::{Action, Flow};
use postern_core::ids::FlowId;
use postern_core::schema::Object;
use postern_engine::flows::{self, Snapshot};
use postern_engine::{Result, sessions};
use serde_json::Value;

use super::web::{Call, Reply};

/// The body that an action reads.
pub(crate) fn body_of(action: Action) -> Option<&'static Object> {
    match action {
        Action::UsernamePasswordCheck => Some(body::credentials()),
        Action::UserLookup | Action::PasswordForgot => Some(body::name()),
        Action::PasswordRecover => Some(body::recovery()),
        Action::PasswordReset => Some(body::change()),
        Action::DeviceSelect => Some(body::device()),
        Action::OtpCheck => Some(body::otp()),
        Action::AssertionCheck => Some(postern_core::mfa::input::assertion_schema()),
        Action::CancelPush => Some(postern_core::mfa::input::cancel_schema()),
        Action::PasswordSendRecoveryCode | Action::SessionReset => None,
    }
}

/// Does an action with what was sent, and gives the flow as it is afterwards.
///
/// # Errors
/// The action's own.
pub(crate) async fn act(call: &Call, id: FlowId, action: Action, sent: &Value) -> Result<Snapshot> {
    match action {
        Action::UsernamePasswordCheck => passwords::check(call, id, sent).await,
        Action::UserLookup => actions::look_up(call, id, sent).await,
        Action::PasswordForgot => passwords::forgot(call, id, sent).await,
        Action::PasswordSendRecoveryCode => passwords::resend(call, id).await,
        Action::PasswordRecover => passwords::recover(call, id, sent).await,
        Action::PasswordReset => passwords::change(call, id, sent).await,
        Action::DeviceSelect => actions::select_device(call, id, sent).await,
        Action::OtpCheck => actions::check_otp(call, id, sent).await,
        Action::AssertionCheck => actions::check_assertion(call, id, sent).await,
        Action::CancelPush => actions::cancel_push(call, id, sent).await,
        Action::SessionReset => actions::reset(call, id).await,
    }
}

/// The flow as it is now. One that waits for a push is moved on when somebody has decided on the phone.
///
/// # Errors
/// [`postern_engine::Error::NotFound`].
pub(crate) async fn look(call: &Call, id: FlowId) -> Result<Snapshot> {
    let mut tx = call.app.read().await?;
    let snapshot = flows::show(&mut tx, &call.ctx, id).await?;
    drop(tx);
    if !flows::awaits_push(&snapshot.flow) {
        return Ok(snapshot);
    }
    let work = (id, cookies::of_flow(call, id));
    call.app
        .write(&call.ctx, work, |tx, ctx, (id, browser)| Box::pin(flows::follow_push(tx, ctx, *id, browser)))
        .await
}

/// Gives the browser the cookies of what it did: that of the flow while it goes on, and that of a new session.
pub(crate) fn keep(call: &Call, reply: Reply, done: &Snapshot) -> Reply {
    let goes_on = !done.flow.request.is_flow() && !done.flow.status.is_final();
    let reply = if goes_on { cookies::hold(call, reply, done.flow.id) } else { reply };
    cookies::give(call, reply, done.new_session.as_ref())
}

/// Whether the session of the browser completed the flow.
///
/// # Errors
/// Those of the database.
pub(crate) async fn is_completed_here(call: &Call, flow: &Flow) -> Result<bool> {
    let Some(token) = cookies::browser(call).session else { return Ok(false) };
    let mut tx = call.app.read().await?;
    let session = sessions::find_by_token(&mut tx, &call.ctx, token.expose()).await?;
    Ok(flows::is_completed_by(flow, session.map(|session| session.id)))
}
