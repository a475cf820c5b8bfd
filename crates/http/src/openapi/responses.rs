//! The answers of an operation, as the description announces them.

use http::Method;
use serde_json::{Map, Value, json};

use crate::web::{Access, Media, Route};

const PAGE: &str = "text/html";

/// All answers of a route, by status.
pub(super) fn of(route: &Route) -> Value {
    let mut responses = Map::new();
    responses.insert(route.status.to_string(), success(route));
    let own = if is_oauth(route) { "OAuthError" } else { "Error" };
    let mut refuse = |status: u16, error: &str, description: &str| {
        responses.insert(status.to_string(), failure(route, error, description));
    };
    refuse(400, own, "The input is invalid.");
    refuse(404, own, "Not found.");
    if route.access != Access::Public || is_oauth(route) || proves_itself(route) {
        refuse(401, own, "Not authenticated.");
    }
    if route.access != Access::Public || is_userinfo(route) {
        refuse(403, own, "Not permitted.");
    }
    if route.media != Media::None {
        // What browsers open has no error of its own for these.
        let early = if kinds(route.path).contains(&PAGE) { "Error" } else { own };
        refuse(413, early, "The body is too large.");
        refuse(415, early, "The content type is not supported.");
    }
    if route.method == Method::DELETE || route.method == Method::POST {
        refuse(409, own, "Conflict with another record.");
    }
    refuse(429, "Error", "Too many requests; see Retry-After.");
    refuse(503, own, "Temporarily unavailable; see Retry-After.");
    for (status, more) in further(route) {
        responses.insert(status.to_string(), more);
    }
    Value::Object(responses)
}

/// The answer of a success.
pub(super) fn success(route: &Route) -> Value {
    match route.status {
        204 => json!({ "description": "Done." }),
        302 | 303 => json!({ "description": "Go on at Location." }),
        _ => shown(route),
    }
}

fn shown(route: &Route) -> Value {
    let mut content = Map::new();
    for kind in kinds(route.path) {
        let schema =
            if kind.ends_with("json") { json!({ "type": "object" }) } else { json!({ "type": "string" }) };
        content.insert((*kind).to_owned(), json!({ "schema": schema }));
    }
    json!({ "description": "Success.", "content": content })
}

/// The content types of a path: pages and what belongs to them are no JSON, and what browsers open may be a page.
fn kinds(path: &str) -> &'static [&'static str] {
    match path.rsplit('/').next() {
        _ if path.ends_with("/signon/") => &[PAGE],
        Some("signon.css") => &["text/css"],
        Some("passkey.js") => &["text/javascript"],
        Some("authorize" | "signoff") => &["application/json", PAGE],
        _ => &["application/json"],
    }
}

/// Where browsers are led on, or shown a page, as the request wants it.
fn further(route: &Route) -> Vec<(u16, Value)> {
    match route.path.rsplit('/').next() {
        Some("authorize" | "resume") => vec![(302, json!({ "description": "Go on at Location." }))],
        Some("signoff") => vec![(200, shown(route))],
        // A form that was refused comes back with the reason.
        Some("") if route.method == Method::POST => vec![(200, shown(route)), (403, shown(route))],
        _ => Vec::new(),
    }
}

/// An error; what browsers open shows it on a page.
fn failure(route: &Route, error: &str, description: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{error}") });
    let mut content = Map::from_iter([("application/json".to_owned(), json!({ "schema": schema }))]);
    if kinds(route.path).contains(&PAGE) {
        content.insert(PAGE.to_owned(), json!({ "schema": { "type": "string" } }));
    }
    json!({ "description": description, "content": content })
}

fn is_oauth(route: &Route) -> bool {
    route.path.contains("/as/") && route.media == Media::Form
}

fn is_userinfo(route: &Route) -> bool {
    route.path.ends_with("/as/userinfo")
}

/// Where the handler itself asks for a proof: an access token, or what a mobile device signed.
fn proves_itself(route: &Route) -> bool {
    is_userinfo(route) || route.path.starts_with("/{envID}/devices")
}
