//! Resuming: the browser comes for the answer of its flow (platform contract 4.8).
//!
//! The answer is given to the browser whose session completed the flow, and to
//! nobody else: whoever merely knows the flow's id could otherwise let somebody
//! else sign on and take the code. A flow object whose user the client itself
//! named in a signed token needs no cookie.

use http::Method;
use postern_core::entity::Stored;
use postern_core::flow::{Flow, Status};
use postern_core::ids::FlowId;
use postern_engine::clients::Client;
use postern_engine::{Error, Result, flows};
use url::Url;

use super::super::sign_on;
use super::super::web::{Call, Failure, Reply, Route};
use super::answer;
use super::cookies::{self, Exposure};
use super::flows::{client_of, origin_client, view};

/// The route.
pub(super) fn routes() -> Vec<Route> {
    let route = Route::new(Method::GET, "/{envID}/as/resume", "Resume flow", resume);
    vec![route.with_cookies().preflight(preflight).group("OAuth 2 and OpenID Connect")]
}

/// The pages that may call: those that the application of the flow allows.
async fn preflight(call: Call) -> Result<Reply, Failure> {
    let client = origin_client(&call, flow_id(&call)?).await?;
    let application = client.as_ref().map(|client| &client.application.body);
    Ok(cookies::share(&call, Reply::no_content(), application, Exposure::Ordinary))
}

fn flow_id(call: &Call) -> Result<FlowId> {
    call.query().get("flowId").and_then(|id| id.parse().ok()).ok_or(Error::NotFound("flow"))
}

async fn resume(call: Call) -> Result<Reply, Failure> {
    let id = flow_id(&call)?;
    let mut tx = call.app.read().await?;
    let flow = flows::find(&mut tx, &call.ctx, id).await?;
    drop(tx);
    let client = client_of(&call, &flow).await?;
    let reply = respond(&call, &client, &flow)
        .await
        .unwrap_or_else(|failure| failure.into_reply(call.ctx.correlation));
    Ok(cookies::share(&call, reply, Some(&client.application), Exposure::Ordinary))
}

async fn respond(call: &Call, client: &Client, flow: &Stored<Flow>) -> Result<Reply, Failure> {
    match flow.status {
        Status::Failed if !flow.request.is_flow() => {
            Ok(answer::redirect(&flow.request, &answer::failure(flow))?)
        }
        Status::Completed | Status::Failed => {
            if flow.status == Status::Completed && !may_take(call, flow).await? {
                return Err(Error::NotFound("flow").into());
            }
            if flow.request.is_flow() {
                let mut tx = call.app.read().await?;
                let snapshot = flows::show(&mut tx, &call.ctx, flow.id).await?;
                drop(tx);
                return Ok(Reply::ok(
                    &view::render(call, client, &snapshot, view::Disclosure::Resumed).await?,
                ));
            }
            let reply = answer::completed(call, client, flow).await?;
            Ok(cookies::release(call, reply, flow.id))
        }
        _ => Ok(Reply::found(&sign_on_page(call, client, flow))),
    }
}

/// Whether the browser may have the answer of a completed flow.
pub(super) async fn may_take(call: &Call, flow: &Flow) -> Result<bool> {
    if flow.is_hinted() && flow.request.is_flow() {
        return Ok(true);
    }
    sign_on::is_completed_here(call, flow).await
}

/// Where the person signs on: the application's own page, or the hosted one.
pub(super) fn sign_on_page(call: &Call, client: &Client, flow: &Stored<Flow>) -> String {
    let own = client.application.login_page_url.as_deref().and_then(|address| Url::parse(address).ok());
    match own {
        Some(mut page) => {
            page.query_pairs_mut()
                .append_pair("environmentId", &call.ctx.environment.to_string())
                .append_pair("flowId", &flow.id.to_string());
            page.into()
        }
        None => hosted_page(call, flow.id),
    }
}

/// The hosted sign-on page of a flow.
pub(super) fn hosted_page(call: &Call, flow: FlowId) -> String {
    format!("{}/signon/?flowId={flow}", call.ctx.urls.apps_of(call.ctx.environment))
}
