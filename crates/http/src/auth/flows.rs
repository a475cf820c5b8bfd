//! Sign-on flows: `/{envID}/flows/{flowID}` (platform contract 4.6, 4.7).
//!
//! The flow's id is the only proof these endpoints ask for; what a flow shows
//! and takes is bound to its state. Answers are shared with the origins that the
//! flow's application allows.

mod actions;
mod body;
mod passwords;
pub(super) mod view;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::Method;
use postern_core::flow::{Action, Flow};
use postern_core::ids::FlowId;
use postern_core::schema::Object;
use postern_engine::clients::Client;
use postern_engine::flows::{self, Snapshot};
use postern_engine::{Error, Result};

use super::super::web::{Call, Failure, Media, Reply, Route};
use super::cookies::{self, Exposure};
use super::resume;

const PATH: &str = "/{envID}/flows/{flowID}";

/// What an action gives: the flow as it is afterwards.
type Acted<'c> = Pin<Box<dyn Future<Output = Result<Snapshot>> + Send + 'c>>;

/// Does an action.
type Act = for<'c> fn(&'c Call, FlowId) -> Acted<'c>;

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let action = |action: Action, title, body: Option<&'static Object>, act: Act| {
        let route = Route::new(Method::POST, PATH, title, move |call| run(call, act))
            .media(Media::Action(action.name()));
        match body {
            Some(body) => route.body(body),
            None => route,
        }
    };
    let routes = vec![
        Route::new(Method::GET, PATH, "Read flow", read),
        action(Action::SessionReset, "Reset flow", None, |call, id| Box::pin(actions::reset(call, id))),
        action(Action::UserLookup, "Look up user", Some(body::name()), |call, id| {
            Box::pin(actions::look_up(call, id))
        }),
        action(Action::DeviceSelect, "Select device", Some(body::device()), |call, id| {
            Box::pin(actions::select_device(call, id))
        }),
        action(Action::OtpCheck, "Check one-time passcode", Some(body::otp()), |call, id| {
            Box::pin(actions::check_otp(call, id))
        }),
        action(
            Action::UsernamePasswordCheck,
            "Check username and password",
            Some(body::credentials()),
            |call, id| Box::pin(passwords::check(call, id)),
        ),
        action(Action::PasswordForgot, "Forgot password", Some(body::name()), |call, id| {
            Box::pin(passwords::forgot(call, id))
        }),
        action(Action::PasswordSendRecoveryCode, "Send recovery code", None, |call, id| {
            Box::pin(passwords::resend(call, id))
        }),
        action(Action::PasswordRecover, "Recover password", Some(body::recovery()), |call, id| {
            Box::pin(passwords::recover(call, id))
        }),
        action(Action::PasswordReset, "Reset password", Some(body::change()), |call, id| {
            Box::pin(passwords::change(call, id))
        }),
    ];
    routes.into_iter().map(|route| route.with_cookies().group("Flows")).collect()
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let id: FlowId = call.id("flowID")?;
    let mut tx = call.app.read().await?;
    let snapshot = flows::show(&mut tx, &call.ctx, id).await?;
    drop(tx);
    let client = client_of(&call, &snapshot.flow).await?;
    let disclosure = match resume::may_take(&call, &snapshot.flow).await? {
        true => view::Disclosure::Own,
        false => view::Disclosure::Stranger,
    };
    let reply = Reply::ok(&view::render(&call, &client, &snapshot, disclosure).await?);
    Ok(cookies::share(&call, reply, Some(&client.application), Exposure::Ordinary))
}

async fn run(call: Call, act: Act) -> Result<Reply, Failure> {
    let id: FlowId = call.id("flowID")?;
    let done = answer(&call, id, act).await;
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

async fn answer(call: &Call, id: FlowId, act: Act) -> Result<Reply, Failure> {
    let snapshot = act(call, id).await?;
    let client = client_of(call, &snapshot.flow).await?;
    let reply = Reply::ok(&view::render(call, &client, &snapshot, view::Disclosure::Own).await?);
    Ok(cookies::give(call, reply, snapshot.new_session.as_ref()))
}

async fn origin_client(call: &Call, id: FlowId) -> Result<Option<Arc<Client>>> {
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
