//! Brings the tables of a database up to what this program expects.
//!
//! One SQL text per step serves both databases. Steps go forward only, each in a
//! transaction of its own, and what was applied must not change: its checksum is
//! kept. Several nodes may start at once; one applies, the others find it done.

mod error;
mod list;
mod runner;
mod step;

pub use error::MigrateError;
pub use list::MIGRATIONS;
pub use runner::{pending, run, run_list};
pub use step::Migration;
#[cfg(feature = "fixture")]
pub(crate) use step::fingerprint;
