//! A route, declared: what it serves, who may call it, what it reads.
//!
//! The list of routes is the one source for the router, the OpenAPI document,
//! the API-coverage page and the authorization test.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::Method;
use postern_core::permission::{Permission, Verb};
use postern_core::schema::Object;
use serde_json::Value;

pub use super::media::Media;
use super::{Call, Failure, Reply};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody; the handler proves what it needs (client authentication, flow id, cookie).
    Public,
    /// A bearer token whose caller holds the permission in the environment of the path,
    /// or on the user of the path when the caller is that user.
    Permission(Permission),
    /// Any valid bearer token; the handler narrows the answer to what the caller may see.
    Token,
}

/// Which browsers may read the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cors {
    /// Every origin, without cookies.
    #[default]
    Any,
    /// With cookies, for origins that the application of the request allows; the handler sets the headers.
    Application,
}

/// The future a handler returns.
pub type Answer = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>;

/// A handler behind a pointer.
pub type Handler = Arc<dyn Fn(Call) -> Answer + Send + Sync>;

/// One operation of the API.
#[derive(Clone)]
pub struct Route {
    /// HTTP method.
    pub method: Method,
    /// Path with `{name}` parameters, such as `/v1/environments/{envID}/users/{userID}/devices`.
    pub path: &'static str,
    /// What body chooses this route among those of the same method and path.
    pub media: Media,
    /// Who may call it.
    pub access: Access,
    /// What is done to the record, for people who act on their own.
    pub verb: Verb,
    /// Which browsers may read the answer.
    pub cors: Cors,
    /// Short title for the documentation, such as `Create device`.
    pub title: &'static str,
    /// Group for the documentation, such as `Devices`.
    pub group: &'static str,
    /// What the body holds.
    pub body: Option<&'static Object>,
    /// A body that is accepted, for the documentation; the number makes it unique.
    pub example: Option<fn(usize) -> Value>,
    /// Names of the query parameters, for the documentation.
    pub query: &'static [&'static str],
    /// Status of success.
    pub status: u16,
    /// Whether it is served while the environment of the path waits for its deletion.
    pub even_inactive: bool,
    /// Says which origins may call, where that depends on the request; see [`Cors::Application`].
    pub preflight: Option<Handler>,
    /// Does the work.
    pub handler: Handler,
}

impl Route {
    /// A route with the given essentials; `access` is [`Access::Public`] until said otherwise.
    pub fn new<F, R>(method: Method, path: &'static str, title: &'static str, handler: F) -> Self
    where
        F: Fn(Call) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Reply, Failure>> + Send + 'static,
    {
        let media = if method == Method::GET || method == Method::DELETE { Media::None } else { Media::Json };
        let status = match method {
            Method::POST => 201,
            Method::DELETE => 204,
            _ => 200,
        };
        let verb = match method {
            Method::GET => Verb::Read,
            Method::POST => Verb::Create,
            Method::DELETE => Verb::Delete,
            _ => Verb::Update,
        };
        Self {
            method,
            path,
            media,
            access: Access::Public,
            verb,
            cors: Cors::Any,
            title,
            group: "",
            body: None,
            example: None,
            query: &[],
            status,
            even_inactive: false,
            preflight: None,
            handler: Arc::new(move |call| Box::pin(handler(call))),
        }
    }

    /// Demands a permission.
    #[must_use]
    pub fn needs(mut self, permission: Permission) -> Self {
        self.access = Access::Permission(permission);
        self
    }

    /// Demands any valid token.
    #[must_use]
    pub fn needs_token(mut self) -> Self {
        self.access = Access::Token;
        self
    }

    /// Chosen by this media type. An action changes a record and answers 200 unless said otherwise.
    #[must_use]
    pub fn media(mut self, media: Media) -> Self {
        self.media = media;
        if matches!(media, Media::Action(_)) && self.method == Method::POST {
            self.status = 200;
            self.verb = Verb::Update;
        }
        self
    }

    /// Does this to the record.
    #[must_use]
    pub fn verb(mut self, verb: Verb) -> Self {
        self.verb = verb;
        self
    }

    /// Answers with this status on success.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Documents the body.
    #[must_use]
    pub fn body(mut self, body: &'static Object) -> Self {
        self.body = Some(body);
        self
    }

    /// Documents the body by an example.
    #[must_use]
    pub fn example(mut self, example: fn(usize) -> Value) -> Self {
        self.example = Some(example);
        self
    }

    /// Documents the query parameters.
    #[must_use]
    pub fn query(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self
    }

    /// Documents the group.
    #[must_use]
    pub fn group(mut self, group: &'static str) -> Self {
        self.group = group;
        self
    }

    /// Serves it while the environment waits for its deletion too: what looks at it and brings it back.
    #[must_use]
    pub fn even_inactive(mut self) -> Self {
        self.even_inactive = true;
        self
    }

    /// Lets the handler decide about origins. A preflight allows none unless [`Route::preflight`] says how.
    #[must_use]
    pub fn with_cookies(mut self) -> Self {
        self.cors = Cors::Application;
        self
    }

    /// Answers preflights with the headers of this answer; an error allows no origin. The call has no body.
    #[must_use]
    pub fn preflight<F, R>(mut self, handler: F) -> Self
    where
        F: Fn(Call) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Reply, Failure>> + Send + 'static,
    {
        self.preflight = Some(Arc::new(move |call| Box::pin(handler(call))));
        self
    }
}
