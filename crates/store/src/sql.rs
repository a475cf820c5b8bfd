//! The port: one `Db` and one `Tx` over SQLite and PostgreSQL.
//!
//! SQL is one text for both, in the portable subset, with `$1` placeholders.
//! Everything that differs between the two databases is below this module.

mod config;
mod db;
mod dialect;
mod error;
mod from;
mod postgres;
mod row;
mod sqlite;
mod tx;
mod value;

pub use config::DbConfig;
pub use db::{Db, Gauges};
pub use dialect::DbKind;
pub use error::StoreError;
pub use row::Row;
pub use tx::Tx;
pub use value::Value;

/// What storage calls return.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
