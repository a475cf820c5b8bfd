//! The MFA devices of users: what they are, when they may be used, how many tries they have.
//!
//! [`device`] owns what all kinds share; what only one kind has is in the file
//! of that kind.

pub mod browser;
pub mod device;
pub mod input;
pub mod kind;
pub mod mobile;
pub mod oath;
pub mod pairing_key;
pub mod passkey;
pub mod proof;
pub mod selection;
pub mod totp;

pub use device::{Device, DeviceStatus, Lock, LockReason};
pub use kind::DeviceType;
