//! The network between a robot's phone and the server: its router, in process.

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderName, Request};
use postern_core::devices::proof;
use postern_engine::{Error, Result};
use postern_http::web::Call;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::Robots;
use crate::phone::{Moment, SignedRequest};

/// Largest answer that is read, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// What the server said.
#[derive(Debug)]
pub(super) struct Said {
    /// The status.
    pub(super) status: u16,
    /// The body as JSON; null when there is none.
    pub(super) body: Value,
}

impl Said {
    /// For the answer of the robot.
    pub(super) fn into_value(self) -> Value {
        json!({ "status": self.status, "body": self.body })
    }
}

/// When a phone of this call acts, and where its chance comes from.
pub(super) fn moment(call: &Call) -> Moment<'_> {
    Moment { now: call.app.now(), random: &call.ctx.random }
}

/// Sends a request of a phone to the server and waits for the answer. It goes to the host that the robot was told by,
/// so that links in the answer are good for who reads them.
pub(super) async fn send(robots: &Robots, call: &Call, signed: &SignedRequest) -> Result<Said> {
    let router = robots.0.get().ok_or_else(|| Error::internal("no router is attached to the robots"))?;
    let mut request = Request::builder()
        .method(signed.method)
        .uri(&signed.path)
        .header(HeaderName::from_static(proof::HEADER), &signed.proof);
    if let Some(host) = call.headers.get(HOST) {
        request = request.header(HOST, host);
    }
    if !signed.body.is_empty() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    let request = request.body(Body::from(signed.body.clone())).map_err(Error::internal)?;
    let answer = router.clone().oneshot(request).await.map_err(Error::internal)?;
    let status = answer.status().as_u16();
    let bytes = to_bytes(answer.into_body(), MAX_ANSWER).await.map_err(Error::internal)?;
    Ok(Said { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
}
