//! How languages are kept.

use postern_core::experience::language::Language;
use postern_core::notify::locale;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Language {
    const TABLE: &'static str = "language";
    const COLUMNS: &'static [Column] = &[Column::text("locale_key"), Column::int("is_default")];

    fn index_values(&self) -> Vec<Value> {
        vec![locale::key(&self.locale).into(), self.default.into()]
    }
}
