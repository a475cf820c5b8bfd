//! Callers: each sends requests to the router with its own proof of who it is.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Method};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::{Answer, contract};

/// The host that requests name.
pub(crate) const HOST_NAME: &str = "postern.test";

/// A caller.
#[derive(Clone)]
pub struct Client {
    router: axum::Router,
    authorization: Option<String>,
    address: Option<SocketAddr>,
}

impl Client {
    pub(crate) fn new(router: axum::Router, authorization: Option<String>) -> Self {
        Self { router, authorization, address: None }
    }

    /// The same caller at this IP address.
    #[must_use]
    pub fn at(&self, address: IpAddr) -> Self {
        Self { address: Some(SocketAddr::new(address, 50_000)), ..self.clone() }
    }

    /// Begins a request.
    #[must_use]
    pub fn request(&self, method: Method, path: &str) -> Request {
        let mut request = Request {
            router: self.router.clone(),
            address: self.address,
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        request
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send().await
    }

    /// POST with JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.request(Method::POST, path).json(&body).send().await
    }

    /// PUT with JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.request(Method::PUT, path).json(&body).send().await
    }

    /// PATCH with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.request(Method::PATCH, path).json(&body).send().await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.request(Method::DELETE, path).send().await
    }

    /// POST with a vendor media type.
    pub async fn act(&self, path: &str, action: &str, body: Value) -> Answer {
        self.request(Method::POST, path).action(action, &body).send().await
    }

    /// POST with form fields.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.request(Method::POST, path).form(fields).send().await
    }
}

/// A request in the making.
pub struct Request {
    router: axum::Router,
    address: Option<SocketAddr>,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// Sets a header; an earlier one of this name is gone.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string().into_bytes())
    }

    /// Sets a JSON body with a vendor media type; null sends no body.
    #[must_use]
    pub fn action(self, action: &str, body: &Value) -> Self {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.bytes(&format!("application/vnd.pingidentity.{action}+json"), bytes)
    }

    /// Sets a form body.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let encoded: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        self.bytes("application/x-www-form-urlencoded", encoded.join("&").into_bytes())
    }

    /// Sets any body.
    #[must_use]
    pub fn bytes(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.body = body;
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// HTTP basic authentication.
    #[must_use]
    pub fn basic(self, user: &str, password: &str) -> Self {
        let pair = format!("{}:{}", encode(user), encode(password));
        let value = format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()));
        self.header(AUTHORIZATION.as_str(), &value)
    }

    /// Sends it.
    pub async fn send(self) -> Answer {
        let mut request =
            http::Request::builder().method(&self.method).uri(&self.path).header(HOST, HOST_NAME);
        for (name, value) in &self.headers {
            request = request.header(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        if let Some(address) = self.address {
            request = request.extension(ConnectInfo(address));
        }
        let response = self.router.oneshot(request.body(Body::from(self.body)).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer { status: head.status, headers: head.headers, text, body };
        contract::hold(&self.method, &self.path, &answer);
        answer
    }
}

/// Percent-encodes everything but unreserved characters.
#[must_use]
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
