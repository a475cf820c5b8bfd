//! Hand-written SQL for what is incremented, claimed, swept by date or joined.
//!
//! One file per table. Anything that is simply kept and read back is a
//! document ([`crate::documents`]) instead.

pub mod account_failure;
pub mod application_secret;
pub mod audit_event;
pub mod authentication_code;
pub mod authorization_code;
pub mod device_authentication;
pub mod device_keys;
pub mod device_log;
pub mod device_nonce;
pub mod device_order;
pub mod flow;
pub mod group_membership;
pub mod group_nesting;
pub mod image_bytes;
pub mod inbox;
pub mod oath_job;
pub mod oath_token_count;
pub mod otp;
pub mod outbox;
pub mod pairing_key;
pub mod password;
pub mod population_provider;
pub mod purge;
pub mod push_request;
pub mod recovery_code;
pub mod refresh_token;
pub mod revoked_token;
pub mod sandbox_robot;
pub mod sent_quota;
pub mod session;
pub mod signing_key;
pub mod unique_attribute;
