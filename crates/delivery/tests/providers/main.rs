//! Providers against peers that are not ours: an HTTP server that records what
//! it is sent, and a real mail server where one is given.

mod chain;
mod custom;
#[path = "../../src/fixture.rs"]
mod fixture;
mod guard;
mod peer;
mod secrecy;
mod smtp;
mod twilio;
