//! Errors of the OAuth endpoints: the JSON of RFC 6749, 5.2.
//!
//! Only `invalid_client` is a 401. A description ends with the correlation id,
//! which is also in the log.

use std::future::Future;

use http::Method;
use http::header::{CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use postern_core::time::Span;
use postern_engine::Error;
use postern_engine::tokens::{OAuthCode, Refusal};
use serde_json::json;
use uuid::Uuid;

use super::super::web::{Call, Failure, Media, Reply, Route};

/// An OAuth error on its way out.
#[derive(Debug)]
pub(super) struct OAuthError {
    refusal: Refusal,
    status: u16,
    retry_after: Option<Span>,
    challenge: bool,
}

impl OAuthError {
    /// `invalid_request`.
    pub(super) fn request(description: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Refusal::request(description).into()
    }

    /// Names the scheme by which the client may authenticate, as RFC 6749 asks for after a failed attempt.
    pub(super) fn challenging(mut self) -> Self {
        self.challenge = self.status == 401;
        self
    }

    fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    fn into_failure(self, id: Uuid) -> Failure {
        Failure::Reply(Box::new(self.into_reply(id)))
    }

    /// The answer; `id` is the correlation id of the request.
    pub(super) fn into_reply(self, id: Uuid) -> Reply {
        let description = format!("Request denied: {} (Correlation ID: {id})", self.refusal.description);
        let body = json!({ "error": self.refusal.code.as_str(), "error_description": description });
        let mut reply = not_stored(Reply::json(self.status, &body));
        if self.challenge {
            reply = reply.header(WWW_AUTHENTICATE, "Basic realm=\"postern\", charset=\"UTF-8\"");
        }
        if let Some(after) = self.retry_after {
            reply = reply.header(RETRY_AFTER, &after.as_seconds().max(1).to_string());
        }
        reply
    }
}

impl From<Refusal> for OAuthError {
    fn from(refusal: Refusal) -> Self {
        let status = if refusal.code == OAuthCode::InvalidClient { 401 } else { 400 };
        Self { refusal, status, retry_after: None, challenge: false }
    }
}

impl From<Error> for OAuthError {
    fn from(error: Error) -> Self {
        let (code, status, retry_after, text) = match error {
            Error::Unavailable { retry_after } => (
                OAuthCode::TemporarilyUnavailable,
                503,
                Some(retry_after),
                "The service is temporarily unavailable",
            ),
            Error::TooMany { retry_after, .. } => {
                (OAuthCode::TemporarilyUnavailable, 429, Some(retry_after), "Too many requests were made")
            }
            Error::Internal(cause) => {
                tracing::error!(error = %cause, "an OAuth request failed");
                (OAuthCode::ServerError, 500, None, "An unexpected error occurred")
            }
            _ => (OAuthCode::InvalidRequest, 400, None, "The request is not valid"),
        };
        let refusal = Refusal::new(code, text);
        Self { refusal, status, retry_after, challenge: false }
    }
}

/// What an OAuth endpoint answers.
pub(super) type Answer = Result<Reply, OAuthError>;

/// An endpoint that takes a form. Another media type is refused in the words of OAuth too.
pub(super) fn form_endpoint<F, R>(path: &'static str, title: &'static str, handler: F) -> Vec<Route>
where
    F: Fn(Call) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Answer> + Send + 'static,
{
    let serve = move |call: Call| {
        let handler = handler.clone();
        async move {
            let id = call.ctx.correlation;
            if let Some(name) = call.form().repeated() {
                let why = format!("The parameter {} is sent more than once", name.escape_default());
                return Err(OAuthError::request(why).into_failure(id));
            }
            handler(call).await.map_err(|error| error.into_failure(id))
        }
    };
    let refuse = |call: Call| async move {
        let error = OAuthError::request("The content type must be application/x-www-form-urlencoded");
        Err(error.with_status(415).into_failure(call.ctx.correlation))
    };
    vec![
        Route::new(Method::POST, path, title, serve)
            .media(Media::Form)
            .status(200)
            .group("OAuth 2 and OpenID Connect"),
        Route::new(Method::POST, path, title, refuse)
            .media(Media::None)
            .status(415)
            .group("OAuth 2 and OpenID Connect"),
    ]
}

/// An answer that no cache may keep.
pub(super) fn not_stored(reply: Reply) -> Reply {
    reply.header(CACHE_CONTROL, "no-store").header(PRAGMA, "no-cache")
}
