//! The use cases of Postern: load, decide, save, enqueue, audit.
//!
//! One function per operation. Each takes the transaction, the [`Ctx`] and a
//! typed input, and returns a typed outcome; none opens or commits a
//! transaction: the door (API, flow, console, CLI) does. Rules live in
//! `postern-core`, SQL in `postern-store`.

pub mod access;
pub mod accounts;
pub mod agreements;
pub mod audit;
pub mod authentication_codes;
pub mod authenticators;
pub mod authorize;
pub mod browsers;
pub mod built_in_claims;
pub mod caller;
pub mod certificates;
pub mod challenges;
pub mod clients;
pub mod context;
pub mod delivery_settings;
pub mod device_authentications;
pub mod device_policies;
pub mod devices;
pub mod environment_changes;
pub mod environments;
pub mod error;
pub mod fido2_policies;
pub mod filters;
pub mod flows;
pub mod gateways;
pub mod groups;
pub mod identity_providers;
pub mod keys;
pub mod languages;
pub mod lockout;
pub mod mfa;
pub mod mfa_settings;
pub mod mobile_applications;
pub mod mobile_otp;
pub mod notification_policies;
pub mod notifications;
pub mod oath;
pub mod outbox;
pub mod pairing_keys;
pub mod passkeys;
pub mod passwords;
pub mod phones;
pub mod provision;
pub mod push;
mod quota;
pub mod references;
pub mod resealing;
pub mod roles;
pub mod sessions;
mod short_cache;
mod short_codes;
pub mod sweep;
pub mod tokens;
pub mod totp;
pub mod tries;
mod unique;
pub mod user_schema;
pub mod users;

pub use caller::Caller;
pub use context::Ctx;
pub use error::{Error, Verdict};

/// What every operation returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;
