//! How resources are kept.

use postern_core::directory::resource::Resource;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Resource {
    const TABLE: &'static str = "resource";
    const COLUMNS: &'static [Column] =
        &[Column::text("name_key"), Column::text("type"), Column::text("audience")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into(), self.kind.as_str().into(), self.audience.as_deref().into()]
    }
}
