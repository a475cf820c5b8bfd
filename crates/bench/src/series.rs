//! How the cost of a call changes with the amount of data.
//!
//! Records are planted directly through the store while no server runs: copies
//! of one user and one device that the API made.

mod environments;
mod plant;
mod users;

pub(crate) use environments::environments;
pub(crate) use users::users;
