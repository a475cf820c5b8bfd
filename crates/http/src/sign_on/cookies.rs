//! The session cookie `ST`, and its twin `ST-NO-SS` for browsers that mishandle `SameSite=None`; the cookie of a flow,
//! which shows that this browser began it.

use http::header::{ACCEPT_LANGUAGE, ORIGIN, SET_COOKIE};
use postern_core::flow::IDLE;
use postern_core::ids::FlowId;
use postern_core::secret::Secret;
use postern_engine::flows::{self, Browser};
use url::Url;

use super::super::web::{Call, Reply};

/// Name of the session cookie.
const NAME: &str = "ST";
/// Name of its twin, without `SameSite`.
const TWIN: &str = "ST-NO-SS";

/// The cookie of a flow is called so, with the flow's id behind it.
const FLOW: &str = "FLOW-";

/// What the browser brought along to a flow that is there already.
pub(crate) fn of_flow(call: &Call, flow: FlowId) -> Browser {
    let shown = call.cookie(&format!("{FLOW}{flow}"));
    Browser { began: shown.is_some_and(|shown| flows::proves(&call.ctx, flow, shown)), ..browser(call) }
}

/// Gives the browser the cookie of a flow that it began, until the flow ends by itself.
pub(crate) fn hold(call: &Call, reply: Reply, flow: FlowId) -> Reply {
    flow_cookie(call, reply, flow, flows::proof(&call.ctx, flow).expose(), IDLE.as_seconds())
}

/// Has the browser forget the cookie of a flow.
pub(crate) fn release(call: &Call, reply: Reply, flow: FlowId) -> Reply {
    flow_cookie(call, reply, flow, "", 0)
}

fn flow_cookie(call: &Call, reply: Reply, flow: FlowId, value: &str, seconds: i64) -> Reply {
    let (path, site) = (call.cookie_path(), same_site(call));
    let cookie = format!("{FLOW}{flow}={value}; Path={path}; Max-Age={seconds}; HttpOnly{site}");
    reply.header(SET_COOKIE, &cookie)
}

fn same_site(call: &Call) -> &'static str {
    if call.app.parts.secure_cookies { "; Secure; SameSite=None" } else { "; SameSite=Lax" }
}

/// Where the calling page comes from, unless it is one of ours. A request without `Origin` that a browser says to come
/// from another site is one of a page that does not tell which.
fn origin(call: &Call) -> Option<String> {
    match call.header(ORIGIN.as_str()) {
        Some(origin) => {
            let own = [&call.ctx.urls.auth, &call.ctx.urls.apps]
                .into_iter()
                .filter_map(|address| Url::parse(address).ok())
                .any(|address| address.origin().ascii_serialization() == origin);
            (!own).then(|| origin.to_owned())
        }
        None => match call.header("sec-fetch-site") {
            Some("cross-site" | "same-site") => Some("null".to_owned()),
            _ => None,
        },
    }
}

/// What the browser brought along.
pub(crate) fn browser(call: &Call) -> Browser {
    let token = call.cookie(NAME).or_else(|| call.cookie(TWIN)).filter(|token| !token.is_empty());
    Browser {
        session: token.map(Secret::from),
        languages: call.header(ACCEPT_LANGUAGE.as_str()).map(str::to_owned),
        began: false,
        origin: origin(call),
    }
}

/// Gives the browser the token of a new session.
pub(crate) fn give(call: &Call, reply: Reply, token: Option<&Secret>) -> Reply {
    let Some(token) = token else { return reply };
    let path = call.cookie_path();
    let (same_site, twin) = (same_site(call), if call.app.parts.secure_cookies { "; Secure" } else { "" });
    let cookie = |name: &str, rest: &str| format!("{name}={}; Path={path}; HttpOnly{rest}", token.expose());
    reply.header(SET_COOKIE, &cookie(NAME, same_site)).header(SET_COOKIE, &cookie(TWIN, twin))
}

/// Has the browser forget its session.
pub(crate) fn take_back(call: &Call, reply: Reply) -> Reply {
    let path = call.cookie_path();
    let secure = same_site(call);
    [NAME, TWIN].iter().fold(reply, |reply, name| {
        reply.header(SET_COOKIE, &format!("{name}=; Path={path}; Max-Age=0; HttpOnly{secure}"))
    })
}
