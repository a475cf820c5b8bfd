//! How grants of applications are kept.

use postern_core::directory::grant::Grant;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Grant {
    const TABLE: &'static str = "application_grant";
    const COLUMNS: &'static [Column] = &[Column::uuid("application_id"), Column::uuid("resource_id")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.application.id.into(), self.resource.id.into()]
    }
}
