//! Device authentications with codes that are sent, as the MFA contract (section 6) describes them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

mod access;
mod accounts;
mod choosing;
mod codes;
mod input;
mod limits;
mod notification_policies;
mod one_time;
mod support;
mod test_mode;
mod wording;
