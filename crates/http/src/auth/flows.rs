//! Sign-on flows: `/{envID}/flows/{flowID}` (platform contract 4.6, 4.7).
//!
//! The flow's id is the only proof these endpoints ask for; what a flow shows
//! and takes is bound to its state. Answers are shared with the origins that the
//! flow's application allows.

pub(super) mod view;

use std::sync::Arc;

use http::Method;
use postern_core::flow::{Action, Flow};
use postern_core::ids::FlowId;
use postern_engine::clients::Client;
use postern_engine::flows;
use postern_engine::{Error, Result};

use super::super::sign_on;
use super::super::web::{Call, Failure, Media, Reply, Route};
use super::cookies::{self, Exposure};
use super::resume;

const PATH: &str = "/{envID}/flows/{flowID}";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let actions = Action::ALL.map(|action| {
        let route = Route::new(Method::POST, PATH, title(action), move |call| run(call, action))
            .media(Media::Action(action.name()));
        match sign_on::body_of(action) {
            Some(body) => route.body(body),
            None => route,
        }
    });
    let read = Route::new(Method::GET, PATH, "Read flow", read);
    std::iter::once(read)
        .chain(actions)
        .map(|route| route.with_cookies().preflight(preflight).group("Flows"))
        .collect()
}

fn title(action: Action) -> &'static str {
    match action {
        Action::UsernamePasswordCheck => "Check username and password",
        Action::UserLookup => "Look up user",
        Action::PasswordForgot => "Forgot password",
        Action::PasswordSendRecoveryCode => "Send recovery code",
        Action::PasswordRecover => "Recover password",
        Action::PasswordReset => "Reset password",
        Action::DeviceSelect => "Select device",
        Action::OtpCheck => "Check one-time passcode",
        Action::AssertionCheck => "Check assertion",
        Action::CancelPush => "Cancel push",
        Action::SessionReset => "Reset flow",
    }
}

/// The pages that may call: those that the application of the flow allows.
async fn preflight(call: Call) -> Result<Reply, Failure> {
    let client = origin_client(&call, call.id("flowID")?).await?;
    let application = client.as_ref().map(|client| &client.application.body);
    Ok(cookies::share(&call, Reply::no_content(), application, Exposure::Ordinary))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let id: FlowId = call.id("flowID")?;
    let snapshot = sign_on::look(&call, id).await?;
    let client = client_of(&call, &snapshot.flow).await?;
    let disclosure = match resume::may_take(&call, &snapshot.flow).await? {
        true => view::Disclosure::Own,
        false => view::Disclosure::Stranger,
    };
    let reply = Reply::ok(&view::render(&call, &client, &snapshot, disclosure).await?);
    let reply = sign_on::keep(&call, reply, &snapshot);
    Ok(cookies::share(&call, reply, Some(&client.application), Exposure::Ordinary))
}

async fn run(call: Call, action: Action) -> Result<Reply, Failure> {
    let id: FlowId = call.id("flowID")?;
    let done = answer(&call, id, action).await;
    // Only browsers of other origins ask whether they may read the answer, so only they cost the look.
    let client = match call.header("origin") {
        Some(_) => origin_client(&call, id).await?,
        None => None,
    };
    let reply = done.unwrap_or_else(|failure| failure.into_reply(call.ctx.correlation));
    Ok(cookies::share(
        &call,
        reply,
        client.as_ref().map(|client| &client.application.body),
        Exposure::Ordinary,
    ))
}

async fn answer(call: &Call, id: FlowId, action: Action) -> Result<Reply, Failure> {
    let snapshot = sign_on::act(call, id, action, &call.object()?).await?;
    let client = client_of(call, &snapshot.flow).await?;
    let reply = Reply::ok(&view::render(call, &client, &snapshot, view::Disclosure::Own).await?);
    Ok(sign_on::keep(call, reply, &snapshot))
}

pub(super) async fn origin_client(call: &Call, id: FlowId) -> Result<Option<Arc<Client>>> {
    let mut tx = call.app.read().await?;
    let flow = match flows::find(&mut tx, &call.ctx, id).await {
        Ok(flow) => flow,
        Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    drop(tx);
    Ok(Some(client_of(call, &flow).await?))
}

/// The application of a flow. One that was deleted or disabled meanwhile takes its flows with it.
pub(super) async fn client_of(call: &Call, flow: &Flow) -> Result<Arc<Client>> {
    let client = call.app.clients.find(call.app.db(), &call.ctx, flow.client.id).await?;
    client.filter(|client| client.application.enabled).ok_or(Error::NotFound("flow"))
}
