//! The one rendering of errors for the management API and the flows: PingOne's error object.
//!
//! The OAuth endpoints use RFC 6749 instead (`auth/oauth_error.rs`). A 5xx
//! body carries nothing but an id that is equal to the request id in the log.

use http::header::{ALLOW, RETRY_AFTER};
use postern_core::problem::{Code, Problem};
use postern_core::time::Span;
use postern_engine::Error;
use serde_json::json;
use uuid::Uuid;

use super::Reply;

/// Why a handler has no answer of its own.
#[derive(Debug)]
pub enum Failure {
    /// An error of the engine, rendered as PingOne renders it.
    Engine(Error),
    /// An answer that is already in its reader's form, such as an OAuth error.
    Reply(Box<Reply>),
    /// The method is not offered for the path; these are, with commas between.
    MethodNotAllowed(String),
    /// The media type of the body is not offered for the path.
    UnsupportedMediaType,
    /// The body is larger than the limit, in bytes.
    TooLarge(usize),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl From<postern_store::sql::StoreError> for Failure {
    fn from(error: postern_store::sql::StoreError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Engine(Error::invalid(problem))
    }
}

const NO_ACCESS: &str = "The request could not be completed. You do not have access to this resource.";
const INVALID: &str =
    "The request could not be completed. One or more validation errors were in the request.";
const MALFORMED: &str = "The request could not be completed. The request was malformed or invalid.";
const FAILED: &str = "The request could not be completed. There was an issue processing the request.";

impl Failure {
    /// The answer for this failure; `id` is the correlation id of the request.
    #[must_use]
    pub fn into_reply(self, id: Uuid) -> Reply {
        match self {
            Self::Reply(reply) => *reply,
            Self::Engine(error) => engine(error, id),
            Self::MethodNotAllowed(offered) => {
                let message = "The request could not be completed. The method is not supported.";
                render(405, "INVALID_REQUEST", message, &[], id).header(ALLOW, &offered)
            }
            Self::UnsupportedMediaType => {
                let problem =
                    Problem::new(Code::InvalidValue, "The content type is not supported for this request.")
                        .at("Content-Type");
                render(415, "INVALID_REQUEST", MALFORMED, &[problem], id)
            }
            Self::TooLarge(limit) => {
                let problem = Problem::new(Code::SizeLimitExceeded, "The body is too large.")
                    .with("maximumValue", i64::try_from(limit).unwrap_or(i64::MAX));
                render(413, "INVALID_REQUEST", MALFORMED, &[problem], id)
            }
        }
    }
}

fn engine(error: Error, id: Uuid) -> Reply {
    match error {
        Error::NotFound(_) => render(
            404,
            "NOT_FOUND",
            "The request could not be completed. The requested resource was not found.",
            &[],
            id,
        ),
        Error::Invalid(problems) => render(400, "INVALID_DATA", INVALID, &problems, id),
        Error::Malformed(problems) => render(400, "INVALID_REQUEST", MALFORMED, &problems, id),
        Error::Refused(problem) => render(400, "REQUEST_FAILED", FAILED, &[*problem], id),
        Error::Conflict(problem) => render(409, "INVALID_DATA", INVALID, &[*problem], id),
        Error::Unauthenticated => {
            let problem = Problem::new(Code::InvalidToken, "The token is missing, invalid or expired.")
                .at("Authentication Credentials");
            render(401, "ACCESS_FAILED", NO_ACCESS, &[problem], id)
                .header(http::header::WWW_AUTHENTICATE, "Bearer")
        }
        Error::Denied => {
            let problem = Problem::new(
                Code::InsufficientPermissions,
                "The actor attempting to perform the request is not authorized.",
            );
            render(403, "ACCESS_FAILED", NO_ACCESS, &[problem], id)
        }
        Error::TooMany { problem, retry_after } => {
            let message = "The request could not be completed. Too many requests were made.";
            retry(render(429, "REQUEST_LIMITED", message, &[*problem], id), retry_after)
        }
        Error::Unavailable { retry_after } => {
            let message = "The service is temporarily unavailable.";
            retry(render(503, "UNEXPECTED_ERROR", message, &[], id), retry_after)
        }
        Error::Internal(cause) => {
            tracing::error!(request.id = %id, error = %chain(cause.as_ref()), "request failed");
            render(500, "UNEXPECTED_ERROR", "An unexpected error occurred.", &[], id)
        }
    }
}

fn render(status: u16, code: &str, message: &str, details: &[Problem], id: Uuid) -> Reply {
    let mut body = json!({ "id": id, "code": code, "message": message });
    if let (false, Some(body)) = (details.is_empty(), body.as_object_mut()) {
        body.insert("details".to_owned(), json!(details));
    }
    Reply::json(status, &body)
}

fn retry(reply: Reply, after: Span) -> Reply {
    reply.header(RETRY_AFTER, &after.as_seconds().max(1).to_string())
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
