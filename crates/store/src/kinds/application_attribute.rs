//! How claims of applications are kept.

use postern_core::directory::application_attribute::ApplicationAttribute;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for ApplicationAttribute {
    const TABLE: &'static str = "application_attribute";
    const COLUMNS: &'static [Column] = &[Column::uuid("application_id"), Column::text("name_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.application.id.into(), fold(&self.name).into()]
    }
}
