//! Who and what: organizations, environments, people, applications, APIs and roles.
//!
//! Each file owns one stored type: its members, the declaration of its body and
//! its rules. Which records may refer to which is the engine's to check.

pub mod account;
pub mod application;
pub mod application_attribute;
pub mod application_resource;
pub mod bill_of_materials;
pub mod certificate;
pub mod custom_role;
pub mod environment;
pub mod gateway;
pub mod grant;
pub mod group;
pub mod identity_provider;
pub mod identity_provider_attribute;
pub mod key_rotation_policy;
pub mod license;
pub mod organization;
pub mod population;
pub mod push_credentials;
pub mod reference;
pub mod resource;
pub mod resource_attribute;
pub mod role;
pub mod role_assignment;
pub mod schema_attribute;
pub mod scope;
pub mod user;
