//! How parts of APIs are kept.

use postern_core::directory::application_resource::ApplicationResource;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for ApplicationResource {
    const TABLE: &'static str = "application_resource";
    const COLUMNS: &'static [Column] = &[Column::uuid("resource_id"), Column::text("name_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.resource.id.into(), fold(&self.name).into()]
    }
}
