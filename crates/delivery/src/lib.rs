//! The way out: messages to people through providers.
//!
//! Owns the one outbound HTTP client with its guards, one file per provider,
//! the typed answer of an attempt, the order in which providers are tried and
//! the circuit breaker of each. Leaves what is said to `postern_core::notify`,
//! what is configured to the engine, and claiming and backing off to the
//! outbox worker.

pub mod breaker;
pub mod chain;
pub mod configured;
pub mod custom;
pub mod email;
#[cfg(test)]
mod fixture;
pub mod http;
pub mod outcome;
pub mod provider;
pub mod registry;
mod sender;
pub mod settings;
pub mod sms;
pub mod twilio;
pub mod voice;
pub mod worker;
