//! Hosted pages: where a person signs on when the application has no page of its own (platform contract 4.3).
//!
//! Owns `/{envID}/signon/`. The page is made here and needs no script except
//! for passkeys; what a form does is the same action that the flow endpoints of `auth` offer, from
//! `sign_on`. Whatever comes from outside is escaped in `markup`.

mod form;
mod markup;
mod mfa;
mod refusal;
mod sign_on;
mod state;
mod wording;

use http::Method;
use http::header::CACHE_CONTROL;

use super::web::{Call, Failure, Media, Reply, Route};

/// The routes of the hosted pages.
#[must_use]
pub fn routes() -> Vec<Route> {
    const PAGE: &str = "/{envID}/signon/";
    let routes = vec![
        Route::new(Method::GET, PAGE, "Sign-on page", sign_on::show),
        Route::new(Method::POST, PAGE, "Act on the sign-on page", sign_on::act)
            .media(Media::Form)
            .status(303),
        Route::new(Method::GET, "/{envID}/signon/signon.css", "Style of the sign-on page", style),
        Route::new(Method::GET, "/{envID}/signon/passkey.js", "Script of the sign-on page", script),
    ];
    // No header lets other origins read the answer.
    routes.into_iter().map(|route| route.with_cookies().group("Hosted pages")).collect()
}

async fn style(_call: Call) -> Result<Reply, Failure> {
    let style = include_str!("pages/signon.css").as_bytes().to_vec();
    Ok(Reply::bytes(200, "text/css; charset=utf-8", style).header(CACHE_CONTROL, "public, max-age=300"))
}

async fn script(_call: Call) -> Result<Reply, Failure> {
    let script = include_str!("pages/passkey.js").as_bytes().to_vec();
    Ok(Reply::bytes(200, "text/javascript; charset=utf-8", script)
        .header(CACHE_CONTROL, "public, max-age=300"))
}
