//! How applications are kept.

use postern_core::directory::application::Application;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Application {
    const TABLE: &'static str = "application";
    const COLUMNS: &'static [Column] =
        &[Column::text("name_key"), Column::text("type"), Column::int("enabled")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into(), self.kind.as_str().into(), self.enabled.into()]
    }
}
