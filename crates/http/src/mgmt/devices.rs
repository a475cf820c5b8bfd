//! The devices of a user: `/v1/environments/{envID}/users/{userID}/devices` (MFA contract 1).
//!
//! Not a plain resource: its POST and its items are acted upon by media type.

mod actions;
mod collection;
mod logs;
mod qr;

use http::Method;
use postern_core::devices::input;
use postern_core::permission::{Area, Permission, Verb};

use crate::web::{Media, Route};

const COLLECTION: &str = "/v1/environments/{envID}/users/{userID}/devices";
const ITEM: &str = "/v1/environments/{envID}/users/{userID}/devices/{deviceID}";
const NICKNAME: &str = "/v1/environments/{envID}/users/{userID}/devices/{deviceID}/nickname";

const READ: Permission = Permission::Read(Area::Devices);
const WRITE: Permission = Permission::Write(Area::Devices);

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let action = |name, title, handler: fn(crate::web::Call) -> actions::Answered| {
        Route::new(Method::POST, ITEM, title, handler).media(Media::Action(name))
    };
    let administered = |route: Route| route.verb(Verb::Administer);
    let routes = vec![
        Route::new(Method::POST, COLLECTION, "Create MFA user device", collection::create)
            .body(input::schema()),
        Route::new(Method::GET, COLLECTION, "Read all MFA user devices", collection::list),
        Route::new(Method::POST, COLLECTION, "Set device order", collection::reorder)
            .media(Media::Action("devices.reorder"))
            .body(input::order_schema()),
        Route::new(Method::POST, COLLECTION, "Remove device order", collection::remove_order)
            .media(Media::Action("devices.order.remove")),
        Route::new(Method::DELETE, COLLECTION, "Remove device order", collection::delete_order)
            .media(Media::Action("devices.order.remove"))
            .verb(Verb::Update),
        Route::new(Method::GET, ITEM, "Read one MFA user device", actions::read),
        Route::new(Method::DELETE, ITEM, "Delete MFA user device", actions::delete),
        Route::new(Method::PUT, NICKNAME, "Update device nickname", actions::rename)
            .body(input::nickname_schema()),
        Route::new(Method::POST, ITEM, "Activate MFA user device", actions::activate)
            .media(Media::Action("device.activate"))
            .body(input::activation_schema()),
        action("device.sendActivationCode", "Resend pairing OTP", |call| Box::pin(actions::resend(call))),
        administered(action("device.unlock", "Unlock MFA user device", |call| {
            Box::pin(actions::unlock(call))
        })),
        administered(action("device.block", "Block MFA user device", |call| Box::pin(actions::block(call)))),
        administered(action("device.unblock", "Unblock MFA user device", |call| {
            Box::pin(actions::unblock(call))
        })),
    ];
    let permission = |route: Route| {
        let permission = if route.method == Method::GET { READ } else { WRITE };
        route.needs(permission).group("MFA user devices")
    };
    routes.into_iter().chain(logs::routes()).map(permission).collect()
}
