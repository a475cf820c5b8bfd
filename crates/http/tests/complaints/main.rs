//! What people complain about elsewhere, and what the server answers. Each test is named after a complaint; where it was
//! made stands above it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

mod building;
mod holes;
mod support;
mod testing;
