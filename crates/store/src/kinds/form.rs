//! How forms are kept.

use postern_core::experience::form::Form;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Form {
    const TABLE: &'static str = "form";
    const COLUMNS: &'static [Column] = &[Column::text("name_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into()]
    }
}
