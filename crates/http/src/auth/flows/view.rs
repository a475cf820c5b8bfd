//! How a flow is shown (platform contract 4.6).
//!
//! Whoever knows the id of a flow sees it, so it shows no more than its state
//! needs: devices masked, the user only once something vouches for them, the
//! answer only to whom it belongs.

use postern_core::devices::DeviceStatus;
use postern_core::flow::{FlowUser, Status};
use postern_core::mfa::Asked;
use postern_engine::clients::Client;
use postern_engine::flows::Snapshot;
use postern_engine::{Ctx, Result};
use serde_json::{Map, Value, json};

use super::super::super::web::Call;
use super::super::super::web::hal::{self, Links};
use super::super::{answer, resume};
use crate::device_view;

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Disclosure {
    /// Whoever just moved the flow, or may have its answer.
    Own,
    /// The same, at the end.
    Resumed,
    /// Somebody who knows the id.
    Stranger,
}

/// The flow object.
pub(in super::super) async fn render(
    call: &Call,
    client: &Client,
    snapshot: &Snapshot,
    disclosure: Disclosure,
) -> Result<Value> {
    let flow = &snapshot.flow;
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    put("_embedded", embedded(&call.ctx, snapshot));
    put("id", json!(flow.id));
    put("environment", json!({ "id": flow.environment }));
    if let Some(session) = flow.session {
        put("session", json!({ "id": session }));
    }
    put(
        "resumeUrl",
        json!(format!("{}/as/resume?flowId={}", call.ctx.urls.auth_of(flow.environment), flow.id)),
    );
    put("status", json!(flow.status));
    put("createdAt", json!(flow.created_at));
    put("expiresAt", json!(flow.expires_at));
    if flow.status.is_mfa() {
        put("bypassAllowed", json!(false));
    }
    if let Some(device) = flow.device().filter(|_| flow.status.is_mfa()) {
        put("selectedDevice", json!({ "id": device }));
    }
    match flow.asked() {
        Some(Asked::Assertion(asked)) => put("publicKeyCredentialRequestOptions", json!(asked.options)),
        Some(Asked::Push(asked)) => {
            if let Some(number) = &asked.number {
                put("numberMatching", json!({ "number": number }));
            }
        }
        _ => {}
    }
    if let Some(failure) = flow.failure() {
        put("error", json!({ "code": failure.code, "message": failure.message }));
    }
    if let Some(answer) = authorize_response(call, client, snapshot, disclosure).await? {
        put("authorizeResponse", answer);
    }
    Ok(hal::resource(links(call, snapshot, disclosure), members))
}

fn links(call: &Call, snapshot: &Snapshot, disclosure: Disclosure) -> Links {
    let flow = &snapshot.flow;
    let own = format!("{}/flows/{}", call.ctx.urls.auth_of(flow.environment), flow.id);
    let mut links = Links::to(&own);
    if !flow.status.is_final() || disclosure == Disclosure::Resumed {
        links = links.link("signOnPage", &resume::hosted_page(call, flow.id));
    }
    flow.actions().into_iter().fold(links, |links, action| links.link(action.name(), &own))
}

fn embedded(ctx: &Ctx, snapshot: &Snapshot) -> Value {
    let flow = &snapshot.flow;
    let mut embedded = Map::new();
    if flow.status.is_mfa() {
        let shown = snapshot
            .devices
            .iter()
            .filter(|device| device.status == DeviceStatus::Active && device.blocked_at.is_none());
        let shown = shown.map(|device| device_view::masked(ctx, device, device.usable(ctx.now)));
        embedded.insert("devices".to_owned(), shown.collect());
    }
    if let Some(user) = flow.proven_user() {
        embedded.insert("user".to_owned(), shown_user(user));
    }
    if let Some(policy) = &snapshot.password_policy {
        let mut rules = serde_json::to_value(&policy.body).unwrap_or_default();
        if let Some(members) = rules.as_object_mut() {
            members.insert("id".to_owned(), json!(policy.id));
        }
        embedded.insert("passwordPolicy".to_owned(), rules);
    }
    embedded.insert("application".to_owned(), json!({ "id": flow.client.id, "name": flow.client.name }));
    Value::Object(embedded)
}

fn shown_user(user: &FlowUser) -> Value {
    let mut name = Map::new();
    for (part, value) in [("given", &user.given), ("family", &user.family)] {
        if let Some(value) = value {
            name.insert(part.to_owned(), json!(value));
        }
    }
    let mut shown = json!({ "id": user.id, "username": user.username });
    if let (false, Some(members)) = (name.is_empty(), shown.as_object_mut()) {
        members.insert("name".to_owned(), Value::Object(name));
    }
    shown
}

/// The answer to the application, in flows that answer with themselves.
async fn authorize_response(
    call: &Call,
    client: &Client,
    snapshot: &Snapshot,
    disclosure: Disclosure,
) -> Result<Option<Value>> {
    let flow = &snapshot.flow;
    if !flow.request.is_flow() {
        return Ok(None);
    }
    match (flow.status, &snapshot.authorized) {
        (Status::Completed, Some(authorized)) if disclosure != Disclosure::Stranger => {
            let fields = answer::fields(call, client, &flow.request, authorized).await?;
            Ok(Some(answer::as_object(&fields, &flow.request)))
        }
        (Status::Failed, _) => Ok(Some(answer::as_object(&answer::failure(flow), &flow.request))),
        _ => Ok(None),
    }
}
