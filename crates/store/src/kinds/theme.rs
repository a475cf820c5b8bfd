//! How themes are kept.

use postern_core::experience::theme::Theme;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Theme {
    const TABLE: &'static str = "theme";
    const COLUMNS: &'static [Column] = &[Column::int("is_default")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.default.into()]
    }
}
