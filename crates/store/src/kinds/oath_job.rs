//! How bulk jobs are kept; what they have yet to do is in `tables::oath_job`.

use postern_core::oath::job::OathJob;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for OathJob {
    const TABLE: &'static str = "oath_job";
    const COLUMNS: &'static [Column] = &[Column::int("ended_at")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.ended_at.into()]
    }
}
