//! Stories of sign-on: authorization requests, flows, passwords.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

mod authorize;
mod browsers;
mod domains;
mod locks;
mod passwords;
mod sign_on;
mod support;
mod transaction;
