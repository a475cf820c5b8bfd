//! The MFA devices of users: pair, activate, order, block, remove.

mod activation;
mod creation;
mod lifecycle;
mod order;
pub mod pairing;
mod reading;

pub use activation::{activate, resend};
pub(crate) use creation::limit;
pub use creation::{Created, create};
pub(crate) use lifecycle::remove;
pub use lifecycle::{block, delete, rename, sweep_abandoned, unblock, unlock};
pub use order::{remove_order, reorder};
pub use reading::{Listing, get, list, of_user, test_code};
