//! Mail.
//!
//! Owns sending through a mail server. Mail through a gateway's HTTP interface
//! is sent by [`crate::custom`].

mod plain;
pub mod smtp;
