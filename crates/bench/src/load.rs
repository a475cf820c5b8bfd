//! Puts load on a server and takes the time of every call.
//!
//! The generator shares the machine with the server, so it is lean: one thread,
//! prepared request bytes, buffers that are used again, and no more parsing
//! than status and length. In a closed loop each connection calls again as soon
//! as it is answered; in an open one calls are due at fixed times, and the time
//! of a call counts from when it was due, so that a stall is not overlooked.

mod connection;
mod drive;
mod histogram;
mod request;

pub(crate) use connection::{Answer, Connection};
pub(crate) use drive::{Caller, Fault, Outcome, Pace, Shape, drive, once_each};
pub(crate) use histogram::Histogram;
pub(crate) use request::Request;
