//! Device authentications: `/{envID}/deviceAuthentications` (MFA contract 6).
//!
//! Called by servers with a worker's token, or with the user's own. Owns paths,
//! bodies and answers; what happens is the engine's.

mod actions;
mod payload;
pub(crate) mod view;

use http::Method;
use postern_core::devices::input as devices;
use postern_core::mfa::Action;
use postern_core::mfa::input;

use super::super::web::{Media, Route};

const COLLECTION: &str = "/{envID}/deviceAuthentications";
const ITEM: &str = "/{envID}/deviceAuthentications/{deviceAuthenticationID}";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let action = |action: Action, title| {
        let handler = move |call| actions::act(call, action);
        Route::new(Method::POST, ITEM, title, handler).media(Media::Action(action.name()))
    };
    vec![
        Route::new(Method::POST, COLLECTION, "Initialize device authentication", actions::start)
            .body(input::schema()),
        payload::route(),
        Route::new(Method::GET, ITEM, "Read device authentication", actions::read),
        action(Action::DeviceSelect, "Select device for authentication").body(input::select_schema()),
        action(Action::OtpCheck, "Check one-time passcode of device").body(devices::otp_schema()),
        action(Action::AssertionCheck, "Check assertion of FIDO2 device").body(input::assertion_schema()),
        action(Action::CancelPush, "Cancel push authentication").body(input::cancel_schema()),
    ]
    .into_iter()
    .map(|route| route.needs_token().group("Device authentications"))
    .collect()
}
