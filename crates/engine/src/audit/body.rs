//! What an event says, as JSON: written straight from the facts, since every change of a record writes one.

use std::net::IpAddr;

use postern_core::ids::{EnvironmentId, Id};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{Event, Subject};
use crate::{Caller, Ctx, Error, Result};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'e> {
    correlation_id: Uuid,
    actors: Actors,
    resources: &'e [Subject],
    result: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<&'e Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    internal_correlation: Option<Correlation<'e>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source<'e>>,
}

#[derive(Serialize, Default)]
struct Actors {
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Actor>,
}

#[derive(Serialize)]
struct Actor {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Uuid,
    environment: Home,
}

#[derive(Serialize)]
struct Home {
    id: EnvironmentId,
}

#[derive(Serialize)]
struct Outcome {
    status: &'static str,
}

/// Ids of others. Those that nobody sent are the correlation id, which is there already.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Correlation<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_id: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<&'e str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Source<'e> {
    ip_address: IpAddr,
    user_agent: Option<&'e str>,
}

/// The text that is kept.
///
/// # Errors
/// [`Error::Internal`] when what changed cannot be written as JSON.
pub(super) fn body(ctx: &Ctx, event: &Event) -> Result<String> {
    let origin = &ctx.origin;
    let (transaction_id, session_id) = (origin.transaction_id.as_deref(), origin.session_id.as_deref());
    let external = transaction_id.is_some() || session_id.is_some();
    let body = Body {
        correlation_id: ctx.correlation,
        actors: actors(&ctx.caller),
        resources: &event.subjects,
        result: Outcome { status: if event.succeeded { "SUCCESS" } else { "FAILED" } },
        changed: event.changed.as_ref(),
        internal_correlation: external.then_some(Correlation { transaction_id, session_id }),
        source: origin
            .remote_ip
            .map(|ip_address| Source { ip_address, user_agent: origin.user_agent.as_deref() }),
    };
    serde_json::to_string(&body).map_err(|error| Error::internal(format!("an audit event: {error}")))
}

fn actors(caller: &Caller) -> Actors {
    let actor = |kind, id, home: &EnvironmentId| Some(Actor { kind, id, environment: Home { id: *home } });
    match caller {
        Caller::Anonymous | Caller::System => Actors::default(),
        Caller::Worker { application, home, .. } => {
            Actors { client: actor("CLIENT", application.uuid(), home), user: None }
        }
        Caller::User { user, home, application, .. } => Actors {
            client: actor("CLIENT", application.uuid(), home),
            user: actor("USER", user.uuid(), home),
        },
    }
}
