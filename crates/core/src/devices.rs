//! The MFA devices of users: what they are, when they may be used, how many tries they have.

pub mod device;
pub mod input;
pub mod kind;
pub mod selection;

pub use device::{Device, DeviceStatus, Lock, LockReason};
pub use kind::DeviceType;
