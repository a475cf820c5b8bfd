//! How agreements are kept.

use postern_core::experience::agreement::Agreement;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Agreement {
    const TABLE: &'static str = "agreement";
    const COLUMNS: &'static [Column] = &[Column::text("name_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into()]
    }
}
