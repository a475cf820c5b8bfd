//! The management API (`/v1/…`).
//!
//! Plain resources are declared in `resources/` and served by `crud`; settings
//! by `singleton`; what is odd has a file of its own.

mod account;
pub(crate) mod condition;
pub mod crud;
mod devices;
mod environments;
mod organizations;
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
        crud::routes::<r::grant::Grants>(),
        crud::routes::<r::sign_on_assignment::SignOnAssignments>(),
        crud::routes::<r::role_assignment::ApplicationRoleAssignments>(),
        crud::routes::<r::resource::Resources>(),
        crud::routes::<r::scope::Scopes>(),
        crud::routes::<r::resource_attribute::ResourceAttributes>(),
        roles::routes(),
        crud::routes::<r::population::Populations>(),
        users::routes(),
        crud::routes::<r::user::Users>(),
        account::routes(),
        password::routes(),
        crud::routes::<r::password_policy::PasswordPolicies>(),
        crud::routes::<r::sign_on_policy::SignOnPolicies>(),
        crud::routes::<r::sign_on_action::SignOnActions>(),
        devices::routes(),
        crud::routes::<r::device_policy::DevicePolicies>(),
        settings::routes(),
        r::phone_delivery::routes(),
        templates::routes(),
        template_contents::routes(),
    ]
    .concat()
}
