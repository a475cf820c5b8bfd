//! Asks whether a browser is remembered (MFA contract 6.9). The cookie comes from the browser, or from the server that
//! passes it on.

use http::Method;
use postern_core::mfa::browser_check::{self, BrowserCheck};
use postern_engine::{Error, device_authentications};
use serde_json::Value;

use super::view;
use crate::web::{Call, Failure, Media, Reply, Route, browser_cookie};

pub(super) fn route() -> Route {
    Route::new(Method::POST, super::COLLECTION, "Check remembered browser", check)
        .media(Media::Action("payload.check"))
        .body(browser_check::schema())
}

async fn check(call: Call) -> Result<Reply, Failure> {
    let body = call.object()?;
    let check = BrowserCheck::read(&body).map_err(Error::Invalid)?;
    let cookie = browser_cookie::shown(&call, check.user);
    let snapshot = call
        .app
        .write(&call.ctx, (check, cookie), |tx, ctx, (check, cookie)| {
            Box::pin(device_authentications::check_browser(tx, ctx, check, cookie.as_ref()))
        })
        .await?;
    let mut shown = view::render(&call.ctx, &snapshot);
    // Said back and not kept: it may tell much about the browser.
    if let (Some(members), Some(payload)) = (shown.as_object_mut(), body.get("payload")) {
        let echoed =
            ["value", "type"].map(|name| (name.to_owned(), payload.get(name).cloned().unwrap_or_default()));
        members.insert("payload".to_owned(), Value::Object(echoed.into_iter().collect()));
    }
    Ok(Reply::ok(&shown))
}
