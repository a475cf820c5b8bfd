//! How claims of resources are kept.

use postern_core::directory::resource_attribute::ResourceAttribute;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for ResourceAttribute {
    const TABLE: &'static str = "resource_attribute";
    const COLUMNS: &'static [Column] = &[Column::uuid("resource_id"), Column::text("name_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.resource.id.into(), fold(&self.name).into()]
    }
}
