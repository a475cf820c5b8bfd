//! What the sandbox serves, and to whom.
//!
//! Environments that are not for tests are answered as if they did not exist.
//! Web pages of other origins get nothing: the inbox holds codes, and any page
//! a developer visits could otherwise read them from this host.

use std::future::Future;
use std::net::IpAddr;

use axum::http::Method;
use axum::http::header::{HOST, ORIGIN};
use postern_engine::Error;
use postern_http::web::{Call, Failure, Media, Reply, Route};

use crate::{Inbox, Robots, messages, page, robots};

/// The routes of the sandbox.
#[must_use]
pub fn routes(inbox: &Inbox, robots: &Robots) -> Vec<Route> {
    let mut routes = inbox_routes(inbox);
    routes.extend(robot_routes(robots));
    routes
}

fn robot_routes(robots: &Robots) -> Vec<Route> {
    const ROBOTS: &str = "/sandbox/environments/{envID}/robots";
    const ROBOT: &str = "/sandbox/environments/{envID}/robots/{robotID}";
    macro_rules! act {
        ($last:literal, $title:literal, $handler:expr) => {
            sandboxed(
                (Method::POST, concat!("/sandbox/environments/{envID}/robots/{robotID}/", $last), $title),
                robots,
                $handler,
            )
            .status(200)
        };
    }
    vec![
        sandboxed((Method::POST, ROBOTS, "Make robot"), robots, robots::make),
        sandboxed((Method::GET, ROBOTS, "Read robots"), robots, robots::list),
        sandboxed((Method::GET, ROBOT, "Read robot"), robots, robots::read),
        sandboxed((Method::DELETE, ROBOT, "Remove robot"), robots, robots::remove),
        act!("code", "Get code of robot", robots::code),
        act!("register", "Make passkey of robot", robots::register),
        act!("assert", "Sign with passkey of robot", robots::assert),
        act!("look", "Look for push requests", robots::look),
        act!("answer", "Answer push request", robots::answer),
        act!("rotate-key", "Change key of phone", robots::change_key),
        act!("unpair", "Unpair phone", robots::unpair),
    ]
}

fn inbox_routes(inbox: &Inbox) -> Vec<Route> {
    const MESSAGES: &str = "/sandbox/environments/{envID}/messages";
    let route = |method, path, title| (method, path, title);
    vec![
        public(route(Method::GET, "/sandbox", "Inbox page"), inbox, page::environments),
        public(route(Method::GET, "/sandbox/inbox.js", "Inbox script"), inbox, page::script),
        public(route(Method::GET, "/sandbox/inbox.css", "Inbox style"), inbox, page::style),
        sandboxed(
            route(Method::GET, "/sandbox/environments/{envID}", "Inbox page of an environment"),
            inbox,
            page::inbox,
        ),
        sandboxed(
            route(Method::POST, "/sandbox/environments/{envID}/clear", "Clear from the page"),
            inbox,
            page::clear,
        )
        .media(Media::Form)
        .status(303),
        sandboxed(
            route(Method::GET, "/sandbox/environments/{envID}/messages/{messageID}/mail", "Mail as it looks"),
            inbox,
            page::mail,
        ),
        sandboxed(route(Method::GET, MESSAGES, "Read messages"), inbox, messages::list),
        sandboxed(route(Method::DELETE, MESSAGES, "Clear messages"), inbox, messages::clear),
    ]
}

type Essentials = (Method, &'static str, &'static str);

/// A route whose handler gets `shared`, which is the inbox or the robots.
fn public<S, F, R>((method, path, title): Essentials, shared: &S, handler: F) -> Route
where
    S: Clone + Send + Sync + 'static,
    F: Fn(S, Call) -> R + Copy + Send + Sync + 'static,
    R: Future<Output = Result<Reply, Failure>> + Send + 'static,
{
    let shared = shared.clone();
    let guarded = move |call: Call| {
        let shared = shared.clone();
        async move {
            same_origin(&call)?;
            handler(shared, call).await
        }
    };
    // No header lets other origins read the answer.
    Route::new(method, path, title, guarded).group("Sandbox").with_cookies()
}

fn sandboxed<S, F, R>(essentials: Essentials, shared: &S, handler: F) -> Route
where
    S: Clone + Send + Sync + 'static,
    F: Fn(S, Call) -> R + Copy + Send + Sync + 'static,
    R: Future<Output = Result<Reply, Failure>> + Send + 'static,
{
    public(essentials, shared, move |shared, call| async move {
        if call.environment.as_ref().is_none_or(|environment| !environment.sandbox) {
            return Err(Error::NotFound("environment").into());
        }
        handler(shared, call).await
    })
}

/// Pages of other origins may not read messages, not even by a public name that they point at this machine.
fn same_origin(call: &Call) -> Result<(), Failure> {
    let host = call.headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let origin = call.headers.get(ORIGIN).and_then(|value| value.to_str().ok());
    let same = origin.is_none_or(|origin| origin.split_once("://").is_some_and(|(_, place)| place == host));
    if same && is_local(host) { Ok(()) } else { Err(Error::Denied.into()) }
}

/// An address, a name without dots (as containers have) or a name that is never public.
fn is_local(host: &str) -> bool {
    let name =
        host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    let never_public = [".localhost", ".test", ".local", ".internal"];
    name.starts_with('[')
        || name.parse::<IpAddr>().is_ok()
        || !name.contains('.')
        || never_public.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn a_public_name_is_no_local_host() {
        for host in
            ["127.0.0.1:8080", "[::1]:8080", "[::1]", "localhost:8080", "postern:8080", "api.postern.test"]
        {
            assert!(is_local(host), "{host}");
        }
        for host in ["evil.example:8080", "evil.example", "127.0.0.1.evil.example:80"] {
            assert!(!is_local(host), "{host}");
        }
    }
}
