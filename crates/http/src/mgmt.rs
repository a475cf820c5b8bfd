//! The management API (`/v1/…`).
//!
//! Plain resources are declared in `resources/` and served by `crud`; settings
//! by `singleton`; what is odd has a file of its own.

mod account;
mod authenticators;
mod branding;
mod bypass;
mod capabilities;
pub(crate) mod condition;
pub mod crud;
mod devices;
mod environments;
mod gateways;
mod groups;
mod images;
mod keys;
mod linked_accounts;
mod oath_tokens;
mod organizations;
mod pairing_keys;
mod password;
mod population_provider;
pub mod resource;
pub mod resources;
mod roles;
mod schemas;
mod secrets;
mod sessions;
mod settings;
pub mod singleton;
mod template_contents;
mod templates;
mod translations;
mod unpopulated;
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
        capabilities::routes(),
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
        crud::routes::<r::application_resource::ApplicationResources>(),
        unpopulated::routes(),
        crud::routes::<r::rate_limit_ip::RateLimitIps>(),
        roles::routes(),
        crud::routes::<r::custom_role::CustomRoles>(),
        keys::routes(),
        r::key_rotation_policy::routes(),
        crud::routes::<r::gateway::Gateways>(),
        gateways::routes(),
        crud::routes::<r::gateway::GatewayRoleAssignments>(),
        crud::routes::<r::identity_provider::IdentityProviders>(),
        crud::routes::<r::identity_provider::IdentityProviderAttributes>(),
        crud::routes::<r::population::Populations>(),
        population_provider::routes(),
        users::routes(),
        bypass::routes(),
        crud::routes::<r::user::Users>(),
        account::routes(),
        password::routes(),
        schemas::routes(),
        sessions::routes(),
        linked_accounts::routes(),
        groups::routes(),
        crud::routes::<r::group::Groups>(),
        crud::routes::<r::group_role_assignment::GroupRoleAssignments>(),
        crud::routes::<r::user_role_assignment::UserRoleAssignments>(),
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
        crud::routes::<r::notification_policy::NotificationPolicies>(),
        branding::routes(),
        r::theme::routes(),
        images::routes(),
        crud::routes::<r::language::Languages>(),
        crud::routes::<r::language_status::LanguageStatuses>(),
        translations::routes(),
        crud::routes::<r::agreement::Agreements>(),
        crud::routes::<r::agreement_language::AgreementLanguages>(),
        crud::routes::<r::agreement_revision::AgreementRevisions>(),
        crud::routes::<r::subscription::Subscriptions>(),
        crud::routes::<r::alert_channel::AlertChannels>(),
        crud::routes::<r::form::Forms>(),
        crud::routes::<r::custom_domain::CustomDomains>(),
        crud::routes::<r::email_domain::EmailDomains>(),
    ]
    .concat()
}
