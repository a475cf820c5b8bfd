//! How texts of pages are kept.

use postern_core::experience::translations::Translations;
use postern_core::notify::locale;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Translations {
    const TABLE: &'static str = "translations";
    const COLUMNS: &'static [Column] = &[Column::text("locale_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![locale::key(&self.locale).into()]
    }
}
