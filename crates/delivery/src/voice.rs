//! Calls with a spoken text, one file per provider.

pub(crate) mod twilio;
