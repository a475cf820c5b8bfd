//! Stories of passkeys: policies, pairing, authentication, makes of authenticators.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

mod authentication;
mod authenticator;
mod metadata;
mod pairing;
mod policies;
mod support;
