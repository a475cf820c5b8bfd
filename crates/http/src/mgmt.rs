//! The management API (`/v1/…`).
//!
//! Plain resources are declared in `resources/` and served by `crud`; settings
//! by `singleton`; what is odd has a file of its own.

mod account;
mod authenticators;
mod bypass;
pub(crate) mod condition;
pub mod crud;
mod devices;
mod environments;
mod oath_tokens;
mod organizations;
mod pairing_keys;
mod password;
pub mod resource;
pub mod resources;
mod roles;
mod secrets;
mod settings;
pub mod singleton;
mod template_contents;
mod templates;
mod users;
pub(crate) mod view;

use resources as r;

use crate::web::Route;

/// The table of contents of the management API, in the order of the PingOne documentation.
#[must_use]
pub fn routes() -> Vec<Route> {
    [
        organizations::routes(),
        environments::routes(),
        crud::routes::<r::application::Applications>(),
        secrets::routes(),
        crud::routes::<r::application_attribute::ApplicationAttributes>(),
        crud::routes::<r::push_credentials::ApplicationPushCredentials>(),
        crud::routes::<r::grant::Grants>(),
        crud::routes::<r::sign_on_assignment::SignOnAssignments>(),
        crud::routes::<r::role_assignment::ApplicationRoleAssignments>(),
        crud::routes::<r::resource::Resources>(),
        crud::routes::<r::scope::Scopes>(),
        crud::routes::<r::resource_attribute::ResourceAttributes>(),
        roles::routes(),
        crud::routes::<r::population::Populations>(),
        users::routes(),
        bypass::routes(),
        crud::routes::<r::user::Users>(),
        account::routes(),
        password::routes(),
        crud::routes::<r::password_policy::PasswordPolicies>(),
        crud::routes::<r::sign_on_policy::SignOnPolicies>(),
        crud::routes::<r::sign_on_action::SignOnActions>(),
        devices::routes(),
        pairing_keys::routes(),
        oath_tokens::routes(),
        r::device_policy::routes(),
        r::fido2_policy::routes(),
        crud::routes::<r::fido_policy::FidoPolicies>(),
        authenticators::routes(),
        settings::routes(),
        r::phone_delivery::routes(),
        templates::routes(),
        template_contents::routes(),
    ]
    .concat()
}
