//! Robots over HTTP, each from enrolment to a completed authentication, as a test with curl drives them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

mod codes;
mod passkeys;
mod phones;
mod shelf;
mod support;
