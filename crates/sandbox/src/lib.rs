//! The test surface: what makes an environment for tests easy to watch and to drive.
//!
//! Owns the inbox, where messages land that no provider carries, and the robots:
//! software factors that truly work. Only `postern dev` mounts it, and it answers for SANDBOX
//! environments alone; nothing in production calls back into it. There is no
//! authentication: it is for a server that listens on this host for one
//! developer. Leaves the making and the retrying of messages to the outbox.

pub mod authenticator;
pub mod inbox;
mod messages;
mod page;
pub mod phone;
mod provider;
mod query;
mod recipient;
pub mod robots;
mod routes;

pub use inbox::Inbox;
pub use robots::Robots;
pub use routes::routes;
