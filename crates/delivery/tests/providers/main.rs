//! Providers against peers that are not ours: an HTTP server that records what
//! it is sent, and a real mail server where one is given.

#[cfg(test)]
mod chain;
#[cfg(test)]
mod custom;
#[cfg(test)]
#[path = "../../src/fixture.rs"]
mod fixture;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod peer;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod smtp;
#[cfg(test)]
mod twilio;
