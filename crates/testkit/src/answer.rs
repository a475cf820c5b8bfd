//! What came back.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// An answer with its body read.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as JSON; null when it is not.
    pub body: Value,
}

impl Answer {
    /// Fails the test unless the status is this; gives the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "unexpected status: {}", self.text);
        self.body
    }

    /// Fails the test unless it is this error; gives the first detail.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str, detail: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{body}");
        assert!(body["id"].as_str().is_some_and(|id| id.len() == 36), "an error has an id: {body}");
        assert_eq!(body["details"][0]["code"], detail, "{body}");
        body["details"][0].clone()
    }

    /// The targets of the error's details, in order.
    #[must_use]
    pub fn targets(&self) -> Vec<String> {
        let details = self.body["details"].as_array().cloned().unwrap_or_default();
        details.iter().filter_map(|detail| detail["target"].as_str().map(str::to_owned)).collect()
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The value that a `Set-Cookie` gives a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let prefix = format!("{name}=");
        self.headers
            .get_all(http::header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find_map(|value| value.strip_prefix(&prefix))
            .map(|rest| rest.split(';').next().unwrap_or_default().to_owned())
    }
}
