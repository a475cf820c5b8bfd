//! The device protocol: what paired applications on phones say (docs/reference/device-protocol.md).
//!
//! No bearer token: every request carries a proof, a signature over all of it,
//! in the header `device-proof`. Answers carry our time in `device-time`, so
//! that a phone whose clock is wrong can do better. Owns paths and forms; what
//! happens is the engine's.

mod authentication_codes;
mod pairing;
mod proof;
mod requests;
mod upkeep;

use std::future::Future;

use http::{HeaderName, Method};
use postern_core::devices::mobile;

use super::super::web::{Call, Failure, Reply, Route};

const DEVICES: &str = "/{envID}/devices";
const DEVICE: &str = "/{envID}/devices/{deviceID}";
const KEY: &str = "/{envID}/devices/{deviceID}/key";
const LOGS: &str = "/{envID}/devices/{deviceID}/logs";
const REQUESTS: &str = "/{envID}/devices/{deviceID}/requests";
const REQUEST: &str = "/{envID}/devices/{deviceID}/requests/{requestID}";
const CODES: &str = "/{envID}/devices/{deviceID}/authenticationCodes";
const CODE: &str = "/{envID}/devices/{deviceID}/authenticationCodes/{codeID}";

/// Our time in seconds since the epoch.
const TIME: HeaderName = HeaderName::from_static("device-time");

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    vec![
        timed(Method::POST, DEVICES, "Pair device", pairing::pair).body(mobile::claim_schema()),
        timed(Method::GET, DEVICE, "Read own device", upkeep::read),
        timed(Method::PATCH, DEVICE, "Update own device", upkeep::update).body(mobile::update_schema()),
        timed(Method::DELETE, DEVICE, "Unpair device", upkeep::unpair),
        timed(Method::PUT, KEY, "Change device key", upkeep::change_key).body(mobile::key_schema()),
        timed(Method::POST, LOGS, "Upload device logs", upkeep::receive_logs)
            .body(mobile::log_schema())
            .status(204),
        timed(Method::GET, REQUESTS, "Read push requests", requests::list),
        timed(Method::POST, REQUEST, "Answer push request", requests::answer)
            .body(requests::schema())
            .status(200),
        timed(Method::POST, CODES, "Claim authentication code", authentication_codes::claim)
            .body(authentication_codes::claim_schema())
            .status(200),
        timed(Method::POST, CODE, "Decide on authentication code", authentication_codes::decide)
            .body(authentication_codes::decision_schema())
            .status(200),
    ]
}

/// A route whose answers, errors too, carry our time.
fn timed<F, R>(method: Method, path: &'static str, title: &'static str, handler: F) -> Route
where
    F: Fn(Call) -> R + Copy + Send + Sync + 'static,
    R: Future<Output = Result<Reply, Failure>> + Send + 'static,
{
    let with_time = move |call: Call| async move {
        let (now, id) = (call.ctx.now, call.ctx.correlation);
        let reply = handler(call).await.unwrap_or_else(|failure| failure.into_reply(id));
        Ok(reply.header(TIME, &now.seconds().to_string()))
    };
    Route::new(method, path, title, with_time).group("Device protocol")
}
