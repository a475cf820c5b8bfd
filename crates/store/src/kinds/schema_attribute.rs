//! How added attributes of users are kept.

use postern_core::directory::schema_attribute::SchemaAttribute;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for SchemaAttribute {
    const TABLE: &'static str = "schema_attribute";
    const COLUMNS: &'static [Column] = &[Column::text("name_key"), Column::uuid("schema_id")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into(), self.schema.id.into()]
    }
}
