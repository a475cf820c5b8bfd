//! One call and its answer.
//!
//! Owns building the request, with credentials marked so that no log prints
//! them, and reading the answer up to its limit.

use postern_core::secret::Secret;
use postern_core::time::{Span, Timestamp};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use url::Url;

use super::ANSWER_LIMIT;
use super::failure::OutboundError;

/// A call that is about to be made.
pub struct Call {
    method: reqwest::Method,
    url: Url,
    headers: HeaderMap,
    basic: Option<(String, Secret)>,
    body: Option<Vec<u8>>,
    http2: bool,
}

impl Call {
    /// A GET.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(reqwest::Method::GET, url)
    }

    /// A POST, without a body yet.
    #[must_use]
    pub fn post(url: Url) -> Self {
        Self::new(reqwest::Method::POST, url)
    }

    fn new(method: reqwest::Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), basic: None, body: None, http2: false }
    }

    /// Speaks HTTP/2 and nothing else, for peers that demand it.
    #[must_use]
    pub fn http2(mut self) -> Self {
        self.http2 = true;
        self
    }

    pub(super) fn is_http2(&self) -> bool {
        self.http2
    }

    /// Where it goes.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Sends these pairs as an HTML form.
    #[must_use]
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let typed = HeaderValue::from_static("application/x-www-form-urlencoded");
        self.typed_body(typed, encoded.into_bytes())
    }

    /// Sends this value as JSON.
    #[must_use]
    pub fn json(self, value: &serde_json::Value) -> Self {
        let typed = HeaderValue::from_static("application/json");
        self.typed_body(typed, value.to_string().into_bytes())
    }

    /// Sends these bytes; the content type is whatever the headers say.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some(bytes.into());
        self
    }

    fn typed_body(mut self, content_type: HeaderValue, bytes: Vec<u8>) -> Self {
        self.headers.insert(CONTENT_TYPE, content_type);
        self.body(bytes)
    }

    /// Sets a header, replacing an earlier one of the same name.
    ///
    /// # Errors
    /// [`OutboundError::Malformed`] when name or value cannot be sent, such as
    /// a value with a line break.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, OutboundError> {
        let value = HeaderValue::from_str(value).map_err(|_| OutboundError::Malformed)?;
        self.headers.insert(header_name(name)?, value);
        Ok(self)
    }

    /// Sets a header that no log may print.
    ///
    /// # Errors
    /// As [`Call::header`].
    pub fn secret_header(mut self, name: &str, value: &str) -> Result<Self, OutboundError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| OutboundError::Malformed)?;
        value.set_sensitive(true);
        self.headers.insert(header_name(name)?, value);
        Ok(self)
    }

    /// Authenticates with a name and a password.
    #[must_use]
    pub fn basic(mut self, username: &str, password: &Secret) -> Self {
        self.basic = Some((username.to_owned(), password.clone()));
        self
    }

    /// Authenticates with a token.
    ///
    /// # Errors
    /// As [`Call::header`].
    pub fn bearer(self, token: &Secret) -> Result<Self, OutboundError> {
        let value = Secret::new(format!("Bearer {}", token.expose()));
        self.secret_header(AUTHORIZATION.as_str(), value.expose())
    }

    pub(super) fn into_request(
        self,
        client: &reqwest::Client,
    ) -> Result<reqwest::RequestBuilder, OutboundError> {
        let mut request = client.request(self.method, self.url).headers(self.headers);
        if let Some((username, password)) = self.basic {
            request = request.basic_auth(username, Some(password.expose()));
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        Ok(request)
    }
}

fn header_name(name: &str) -> Result<HeaderName, OutboundError> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| OutboundError::Malformed)
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long the peer asks to wait, at most an hour.
    pub retry_after: Option<Span>,
    /// The first 64 KiB of the body, or what came of it before the connection
    /// broke: the status has been given, and with it the peer's decision.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON of type `T`.
    #[must_use]
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(super) async fn read(mut response: reqwest::Response, now: Timestamp) -> Self {
        let status = response.status().as_u16();
        let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = header.and_then(|value| super::retry_after::parse(value, now));
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = ANSWER_LIMIT.saturating_sub(body.len());
            body.extend(chunk.iter().take(room));
            if chunk.len() >= room {
                break;
            }
        }
        Self { status, retry_after, body }
    }
}
