//! The test surface: what makes an environment for tests easy to watch and to drive.
//!
//! Owns the inbox, where messages land that no provider carries. Only
//! `postern dev` mounts it, and it answers for SANDBOX environments alone;
//! nothing in production calls back into it. There is no authentication: it
//! is for a server that listens on this host for one developer. Leaves the
//! making and the retrying of messages to the outbox.

pub mod inbox;
mod messages;
mod page;
mod provider;
mod query;
mod recipient;
mod routes;

pub use inbox::Inbox;
pub use routes::routes;
