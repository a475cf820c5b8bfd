//! The way out: messages to people through providers.
//!
//! Owns the one outbound HTTP client with its guards, one file per provider,
//! the typed answer of an attempt, the order in which providers are tried and
//! the circuit breaker of each, and the worker that takes messages from the
//! outbox. Leaves what is said to `postern_core::notify`, and what may be
//! configured to the engine.

pub mod breaker;
pub mod chain;
pub mod client_keys;
pub mod configured;
pub mod custom;
pub mod email;
#[cfg(test)]
mod fixture;
pub mod gateway;
pub mod http;
pub mod outcome;
pub mod provider;
pub mod push;
pub mod registry;
mod sender;
pub mod settings;
pub mod sms;
mod token;
pub mod twilio;
pub mod voice;
pub mod whatsapp;
pub mod worker;
