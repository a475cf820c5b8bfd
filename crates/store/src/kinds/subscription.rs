//! How webhooks are kept.

use postern_core::experience::subscription::Subscription;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Subscription {
    const TABLE: &'static str = "subscription";
    const COLUMNS: &'static [Column] = &[];

    fn index_values(&self) -> Vec<Value> {
        Vec::new()
    }
}
