//! A whole Postern in a test: router in process, a fresh database, a clock that the test moves.
//!
//! A development dependency only. [`TestApp::each`] runs a story once per
//! database; [`TestApp::admin`], [`TestApp::token`] and [`TestApp::anonymous`]
//! are the callers.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a broken fixture should stop the test where it broke"
)]

mod answer;
mod app;
mod client;
mod contract;
mod gateway;
mod mail;
mod phone;
mod sign_on;
mod workflow;

pub use answer::Answer;
pub use app::TestApp;
pub use client::{Client, Request};
pub use mail::Mail;
pub use phone::TestPhone;
pub use workflow::{TransactionSetup, basic};
