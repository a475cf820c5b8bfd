//! Text messages, one file per provider.

pub(crate) mod twilio;
