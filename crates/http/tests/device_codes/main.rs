//! Codes that devices make themselves: authenticator applications and hardware tokens, as the MFA contract (1.4, 1.5,
//! 5.3) describes them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

mod applications;
mod code_alone;
mod jobs;
mod own;
mod pairing;
mod races;
mod resealing;
mod support;
mod tokens;
