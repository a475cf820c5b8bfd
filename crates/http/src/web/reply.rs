//! An answer before it becomes bytes.

use axum::body::Body;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::Value;

/// Bytes that most answers fit into.
const TYPICAL: usize = 1024;

/// An answer: status, headers, body.
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Only the status: body and headers may hold tokens.
impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Reply {
    /// JSON with this status. The content type is `application/json`: the Go SDK refuses `application/hal+json`.
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        let mut reply = Self::empty(status);
        reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut bytes = Vec::with_capacity(TYPICAL);
        if serde_json::to_writer(&mut bytes, body).is_ok() {
            reply.body = bytes;
        }
        reply
    }

    /// 200 with JSON.
    pub fn ok(body: &impl Serialize) -> Self {
        Self::json(200, body)
    }

    /// 201 with JSON and a `Location` equal to its self link.
    #[must_use]
    pub fn created(body: &Value) -> Self {
        let reply = Self::json(201, body);
        match body.pointer("/_links/self/href").and_then(Value::as_str) {
            Some(href) => reply.header(LOCATION, href),
            None => reply,
        }
    }

    /// 201 with JSON and this `Location`.
    pub fn created_at(location: &str, body: &impl Serialize) -> Self {
        Self::json(201, body).header(LOCATION, location)
    }

    /// 204.
    #[must_use]
    pub fn no_content() -> Self {
        Self::empty(204)
    }

    /// A status without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, headers: HeaderMap::new(), body: Vec::new() }
    }

    /// A page.
    #[must_use]
    pub fn html(status: u16, page: String) -> Self {
        let mut reply = Self::empty(status).header(CONTENT_TYPE, "text/html; charset=utf-8");
        reply.body = page.into_bytes();
        reply
    }

    /// Bytes of the given type, as for static files.
    #[must_use]
    pub fn bytes(status: u16, content_type: &'static str, body: Vec<u8>) -> Self {
        let mut reply = Self::empty(status).header(CONTENT_TYPE, content_type);
        reply.body = body;
        reply
    }

    /// 302 to another place.
    #[must_use]
    pub fn found(location: &str) -> Self {
        Self::empty(302).header(LOCATION, location)
    }

    /// Adds a header; a value that HTTP cannot carry is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(name, value);
        }
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// For axum.
    #[must_use]
    pub fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}
