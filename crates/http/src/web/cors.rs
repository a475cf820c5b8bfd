//! Cross-origin rules (platform contract 1.8).
//!
//! Calls that carry an access token answer every origin, without cookies.
//! Cookie-bearing endpoints answer the origins that the application of the
//! request allows; their handlers set the headers.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, VARY,
};

use super::Reply;

const HEADERS: &str = "Accept, Accept-Language, Content-Language, Content-Type, Range, Authorization, Content-Length, Cookie, \
Correlation-Id, Origin, Origin-Cookies, Referer, X-Amz-Date, X-Amz-Security-Token, X-Api-Key, X-client-version, \
X-Content-Type-Options, X-Ping-External-Transaction-ID, X-Ping-External-Session-ID";

/// The answer to a preflight for a path that offers these methods; `reply` says which origin may call.
#[must_use]
pub fn preflight(reply: Reply, methods: &str) -> Reply {
    reply
        .header(ACCESS_CONTROL_ALLOW_METHODS, methods)
        .header(ACCESS_CONTROL_ALLOW_HEADERS, HEADERS)
        .header(ACCESS_CONTROL_MAX_AGE, "3600")
}

/// Lets every origin read the answer, without cookies.
#[must_use]
pub fn any(reply: Reply) -> Reply {
    reply.header(ACCESS_CONTROL_ALLOW_ORIGIN, "*").header(ACCESS_CONTROL_EXPOSE_HEADERS, "Correlation-Id")
}

/// Lets this origin read the answer to a request with cookies.
#[must_use]
pub fn credentialed(reply: Reply, origin: &str) -> Reply {
    reply
        .header(ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        .header(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")
        .header(ACCESS_CONTROL_EXPOSE_HEADERS, "Correlation-Id")
        .header(VARY, "Origin")
}
