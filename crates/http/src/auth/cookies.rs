//! Which origins may read an answer, and the session cookie, which both doors to a flow share.

use http::header::VARY;
use postern_core::directory::application::Application;

use super::super::web::{Call, Reply, cors};

pub(super) use crate::sign_on::cookies::{browser, give, hold, release, take_back};

/// How much harm another origin could do with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exposure {
    /// The answer may carry a code that nobody had to ask for: only origins that the application names.
    Sensitive,
    /// Whoever asks must know the flow: any origin unless the application names some.
    Ordinary,
}

/// Lets the origin of the request read the answer, when the application allows it.
pub(super) fn share(
    call: &Call,
    reply: Reply,
    application: Option<&Application>,
    exposure: Exposure,
) -> Reply {
    let (Some(origin), Some(application)) = (call.header("origin"), application) else { return reply };
    let allowed = match &application.cors_settings {
        None => exposure == Exposure::Ordinary,
        Some(_) => application.names_origin(origin),
    };
    if allowed { cors::credentialed(reply, origin) } else { reply.header(VARY, "Origin") }
}
