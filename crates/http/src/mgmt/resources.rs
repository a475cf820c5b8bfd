//! The plain resources, one file each, in the order of the PingOne documentation.

pub mod application;
pub mod application_attribute;
pub mod device_policy;
pub mod fido2_policy;
pub mod fido_policy;
pub mod grant;
pub mod oath_token;
pub mod password_policy;
pub mod phone_delivery;
pub mod population;
pub mod push_credentials;
pub mod resource;
pub mod resource_attribute;
pub mod role_assignment;
pub mod scope;
pub mod sign_on_action;
pub mod sign_on_assignment;
pub mod sign_on_policy;
pub mod user;
