//! Typed documents: a record is JSON in `body`, and what is searched, ordered or
//! unique stands beside it in real columns.
//!
//! Owns the SQL of every document table. A type says its table, its columns and
//! how to compute them; unusual queries are written by hand in
//! [`tables`](crate::tables).

mod bounds;
mod codec;
mod condition;
mod document;
mod meets;
mod parsed;
mod reading;
mod select;
mod statements;
mod writing;

pub use condition::{Condition, Op};
pub use document::{Column, ColumnKind, Document};
pub(crate) use parsed::Parsed;
pub use parsed::{find_parsed, find_parsed_by};
pub use reading::{count, find, find_by, find_locked, find_shared, list};
pub use select::Select;
pub use writing::{delete, insert, insert_later, remove, update};
