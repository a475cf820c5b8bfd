//! What can be done in an environment, in the words of PingOne.

use http::Method;
use postern_core::permission::{Area, Permission};
use serde_json::{Map, json};

use super::crud::{address, environment_address};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const PATH: &str = "/v1/environments/{envID}/capabilities";

/// What this server does, and what it does not.
const CAPABILITIES: &[(&str, bool)] = &[
    ("canAddResources", true),
    ("canAssignUsersRoles", true),
    ("canCreateConnections", true),
    ("canUseCustomSchema", true),
    ("canContactSupport", false),
    ("canUseCredentials", false),
    ("canUseCredentialsPushNotifications", false),
    ("canUseDaVinciAdminPortal", false),
];

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, PATH, "Read environment capabilities", read)
            .needs(Permission::Read(Area::Environments))
            .group("Environments"),
    ]
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let own = address(&call.ctx, PATH, &call.params);
    let links = Links::to(&own).link("environment", &environment_address(&call.ctx, call.ctx.environment));
    let members: Map<_, _> =
        CAPABILITIES.iter().map(|(name, can)| ((*name).to_owned(), json!(can))).collect();
    Ok(Reply::ok(&hal::resource(links, members)))
}
