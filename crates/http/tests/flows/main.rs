//! Stories of sign-on: authorization requests, flows, passwords.

mod authorize;
mod passwords;
mod sign_on;
mod support;
mod transaction;
