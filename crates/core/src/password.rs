//! Passwords: how they are kept and which are good enough.
//!
//! States, lockouts and histories of a user's password are the caller's
//! records; here are the hash, the imported encodings and the policy.

pub mod encoding;
pub mod hash;
pub mod policy;

pub use self::encoding::{Encoding, encoding_of};
pub use self::hash::{ImportError, PasswordHash};
pub use self::policy::PasswordPolicy;
