//! The cookie of a remembered browser: `RM-<user id>`, for the environment's paths of the authorization service.
//!
//! A server that speaks for the browser passes it on in both directions.

use http::header::SET_COOKIE;
use postern_core::devices::browser::Browser;
use postern_core::devices::browser::token::cookie_name;
use postern_core::ids::UserId;
use postern_core::secret::Secret;

use super::{Call, Reply};

/// Gives the browser its cookie, for as long as it is remembered.
pub(crate) fn give(call: &Call, reply: Reply, user: UserId, browser: &Browser, cookie: &Secret) -> Reply {
    let name = cookie_name(user);
    let path = call.cookie_path();
    let seconds = browser.expires_at.since(call.ctx.now).as_seconds();
    let site = if call.app.parts.secure_cookies { "; Secure; SameSite=None" } else { "; SameSite=Lax" };
    let value = cookie.expose();
    reply.header(SET_COOKIE, &format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly{site}"))
}

/// The cookie that the browser has for this user.
pub(crate) fn shown(call: &Call, user: UserId) -> Option<Secret> {
    call.cookie(&cookie_name(user)).filter(|value| !value.is_empty()).map(Secret::from)
}
