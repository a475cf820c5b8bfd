//! How the states of languages are kept.

use postern_core::experience::language_status::LanguageStatus;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for LanguageStatus {
    const TABLE: &'static str = "language_status";
    const COLUMNS: &'static [Column] = &[Column::uuid("language_id"), Column::text("service_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.locale.id.into(), fold(&self.service).into()]
    }
}
