//! Shows the page of a flow and takes its forms.
//!
//! A form that was accepted leads back to the page by 303, so that reloading
//! sends nothing twice and the address that a form leads to is always our own:
//! browsers hold `form-action` against every redirect that follows a form.

use http::header::LOCATION;
use postern_core::flow::Status;
use postern_core::ids::FlowId;
use postern_engine::flows::Snapshot;
use postern_engine::{Error, Result};

use super::super::sign_on;
use super::super::web::{Call, Failure, Reply};
use super::form::{self, Browser};
use super::state::{self, View};
use super::wording::Refusal;
use super::{markup, refusal};

/// `GET /{envID}/signon/`: the state of a flow, or why none could begin.
pub(super) async fn show(call: Call) -> Result<Reply, Failure> {
    let query = call.query();
    if let Some(error) = query.get("error") {
        return Ok(refusal::page(error));
    }
    let Some(id) = form::flow(&query) else {
        return Ok(markup::notice(
            404,
            "Nothing to sign on to",
            "Start from the application that you want to use.",
        ));
    };
    match load(&call, id).await? {
        Some(snapshot) => {
            let reply = render(&call, &snapshot, 200, None, "").await?;
            Ok(sign_on::keep(&call, reply, &snapshot))
        }
        None => Ok(over()),
    }
}

/// `POST /{envID}/signon/`: one of the page's forms.
pub(super) async fn act(call: Call) -> Result<Reply, Failure> {
    let form = call.form();
    let (Some(id), Some(action)) = (form::flow(&form), form::action(&form)) else {
        return Ok(markup::notice(
            400,
            "The form is not complete",
            "Go back to the application and begin again.",
        ));
    };
    let Some(snapshot) = load(&call, id).await? else { return Ok(over()) };
    let typed = form.get("username").unwrap_or_default();
    if !Browser::of(&call).sent(&call, id, &form) {
        let refusal = Refusal::saying(
            "The form was not sent from this page, or your browser keeps no cookies. Send it again.",
        );
        return render(&call, &snapshot, 403, Some(refusal), typed).await;
    }
    match sign_on::act(&call, id, action, &form::body(&form)).await {
        Ok(moved) => {
            let reply = Reply::empty(303).header(LOCATION, &format!("./?{}={id}", form::FLOW));
            Ok(sign_on::keep(&call, reply, &moved))
        }
        Err(error) => {
            let refusal = Refusal::of(&error, call.ctx.now);
            // Rendered for its status and for the log.
            let status = Failure::from(error).into_reply(call.ctx.correlation).status().as_u16();
            match load(&call, id).await? {
                Some(snapshot) => render(&call, &snapshot, status, Some(refusal), typed).await,
                None => Ok(over()),
            }
        }
    }
}

/// The flow, if it is still going on and its application may be used.
async fn load(call: &Call, id: FlowId) -> Result<Option<Snapshot>> {
    let snapshot = match sign_on::look(call, id).await {
        Ok(snapshot) => snapshot,
        Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let client = call.app.clients.find(call.app.db(), &call.ctx, snapshot.flow.client.id).await?;
    Ok(client.filter(|client| client.application.enabled).map(|_| snapshot))
}

async fn render(
    call: &Call,
    snapshot: &Snapshot,
    status: u16,
    refusal: Option<Refusal>,
    username: &str,
) -> Result<Reply, Failure> {
    let browser = Browser::of(call);
    let is_ours =
        snapshot.flow.status != Status::Completed || sign_on::is_completed_here(call, &snapshot.flow).await?;
    let view = View {
        snapshot,
        refusal,
        username,
        token: browser.token(call, snapshot.flow.id),
        is_ours,
        now: call.ctx.now,
    };
    Ok(browser.remember(call, state::page(status, &view)))
}

fn over() -> Reply {
    markup::notice(
        404,
        "The sign-on has expired",
        "It waited for too long. Go back to the application and begin again.",
    )
}
