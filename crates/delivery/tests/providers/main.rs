//! Providers against peers that are not ours: an HTTP server that records what
//! it is sent, and a real mail server where one is given.

#[cfg(test)]
mod apns;
#[cfg(test)]
mod apns_server;
#[cfg(test)]
mod chain;
#[cfg(test)]
mod custom;
#[cfg(test)]
mod fcm;
#[cfg(test)]
#[path = "../../src/fixture.rs"]
mod fixture;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod hms;
#[cfg(test)]
mod peer;
#[cfg(test)]
mod push;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod smtp;
#[cfg(test)]
mod twilio;
#[cfg(test)]
mod whatsapp;
