//! Who and what: organizations, environments, people, applications, APIs and roles.
//!
//! Each file owns one stored type: its members, the declaration of its body and
//! its rules. Which records may refer to which is the engine's to check.

pub mod account;
pub mod application;
pub mod application_attribute;
pub mod bill_of_materials;
pub mod environment;
pub mod grant;
pub mod license;
pub mod organization;
pub mod population;
pub mod push_credentials;
pub mod reference;
pub mod resource;
pub mod resource_attribute;
pub mod role;
pub mod role_assignment;
pub mod scope;
pub mod user;
