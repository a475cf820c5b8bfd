//! The authorization service: OAuth 2, OpenID Connect and sign-on flows (platform contract 4).
//!
//! Owns the routes below `/{envID}`. Rules are in the engine; this module reads
//! requests and writes answers in the words of the RFCs.

mod answer;
mod authentication_codes;
mod authorize;
mod client_authentication;
mod cookies;
mod device_authentications;
mod device_protocol;
mod discovery;
mod flows;
mod introspect;
mod jwks;
mod oauth_error;
mod resume;
mod revoke;
mod signoff;
mod token;
mod userinfo;

use super::web::Route;

/// All routes of the authorization service.
#[must_use]
pub fn routes() -> Vec<Route> {
    [
        discovery::routes(),
        jwks::routes(),
        authorize::routes(),
        resume::routes(),
        flows::routes(),
        device_authentications::routes(),
        device_protocol::routes(),
        authentication_codes::routes(),
        token::routes(),
        introspect::routes(),
        revoke::routes(),
        userinfo::routes(),
        signoff::routes(),
    ]
    .concat()
}
