//! The OAuth and OpenID Connect endpoints, over HTTP and on every database.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![expect(unreachable_pub, reason = "tests")]

mod access;
mod client_authentication;
mod codes;
mod metadata;
mod origins;
mod refresh;
mod sessions;
mod support;
mod sweeps;
mod workers;
