//! How populations are kept.

use postern_core::directory::population::Population;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Population {
    const TABLE: &'static str = "population";
    const COLUMNS: &'static [Column] = &[Column::text("name_key"), Column::int("is_default")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into(), self.default.into()]
    }
}
