//! State: the only crate that knows SQL.
//!
//! Owns the port over the two databases ([`sql`]), typed documents
//! ([`documents`]), hand-written tables ([`tables`]) and migrations
//! ([`migrate`]). Takes no decision of its own: rules are in `postern-core`,
//! use cases in `postern-engine`.

pub mod documents;
#[cfg(feature = "fixture")]
pub mod fixture;
pub mod inspect;
pub mod kinds;
pub mod migrate;
pub mod sql;
pub mod tables;

pub use futures_util::future::BoxFuture;
pub use sql::{Db, DbConfig, DbKind, Row, StoreError, Tx, Value};
