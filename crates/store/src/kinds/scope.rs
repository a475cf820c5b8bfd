//! How scopes of resources are kept.

use postern_core::directory::scope::Scope;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Scope {
    const TABLE: &'static str = "scope";
    const COLUMNS: &'static [Column] = &[Column::uuid("resource_id"), Column::text("name_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.resource.id.into(), fold(&self.name).into()]
    }
}
