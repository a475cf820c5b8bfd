//! The session cookie `ST`, and its twin `ST-NO-SS` for browsers that mishandle `SameSite=None`.

use http::header::{ACCEPT_LANGUAGE, SET_COOKIE};
use postern_core::directory::application::{Application, CorsBehavior};
use postern_core::secret::Secret;
use postern_engine::flows::Browser;

use super::super::web::{Call, Reply, cors};

/// Name of the session cookie.
const NAME: &str = "ST";
/// Name of its twin, without `SameSite`.
const TWIN: &str = "ST-NO-SS";

/// What the browser brought along.
pub(super) fn browser(call: &Call) -> Browser {
    let token = call.cookie(NAME).or_else(|| call.cookie(TWIN)).filter(|token| !token.is_empty());
    Browser {
        session: token.map(Secret::from),
        languages: call.header(ACCEPT_LANGUAGE.as_str()).map(str::to_owned),
    }
}

/// Gives the browser the token of a new session.
pub(super) fn give(call: &Call, reply: Reply, token: Option<&Secret>) -> Reply {
    let Some(token) = token else { return reply };
    let path = call.ctx.environment;
    let (same_site, twin) = match call.app.parts.secure_cookies {
        true => ("; Secure; SameSite=None", "; Secure"),
        false => ("; SameSite=Lax", ""),
    };
    let cookie = |name: &str, rest: &str| format!("{name}={}; Path=/{path}; HttpOnly{rest}", token.expose());
    reply.header(SET_COOKIE, &cookie(NAME, same_site)).header(SET_COOKIE, &cookie(TWIN, twin))
}

/// Has the browser forget its session.
pub(super) fn take_back(call: &Call, reply: Reply) -> Reply {
    let path = call.ctx.environment;
    let secure = if call.app.parts.secure_cookies { "; Secure; SameSite=None" } else { "; SameSite=Lax" };
    [NAME, TWIN].iter().fold(reply, |reply, name| {
        reply.header(SET_COOKIE, &format!("{name}=; Path=/{path}; Max-Age=0; HttpOnly{secure}"))
    })
}

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
        Some(settings) => {
            let listed = settings.origins.as_deref().unwrap_or_default();
            settings.behavior == CorsBehavior::SpecificOrigins && cors::allowed(origin, listed)
        }
    };
    if allowed { cors::credentialed(reply, origin) } else { reply }
}
