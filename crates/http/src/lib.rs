//! The HTTP doors of Postern: management API, authorization service, hosted pages.
//!
//! `web` is shared; `mgmt`, `auth` and `pages` use it and never each other. What `auth` and `pages` both let a person
//! do in a flow is in `sign_on`; how `mgmt` and `auth` both show a device is in `device_view`. Rules are in
//! `postern-core`, use cases in `postern-engine`; nothing here knows SQL.

pub mod auth;
pub mod coverage;
mod device_view;
pub mod mgmt;
pub mod openapi;
pub mod pages;
mod sign_on;
pub mod web;

pub use web::App;

use web::{Reply, Route};

/// Every route that is served, in the order of the PingOne documentation.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut routes = mgmt::routes();
    routes.extend(auth::routes());
    routes.extend(pages::routes());
    routes
}

/// The router of everything, with its own description at `/openapi.json`.
pub fn router(app: &App) -> axum::Router {
    let mut all = routes();
    let description = openapi::document(&all);
    let describe = move |_call| {
        let description = description.clone();
        async move { Ok(Reply::ok(&description)) }
    };
    all.push(
        Route::new(http::Method::GET, "/openapi.json", "OpenAPI document", describe).group("Description"),
    );
    web::router::router(app, all)
}
