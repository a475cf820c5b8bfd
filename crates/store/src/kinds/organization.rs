//! How organizations are kept.

use postern_core::directory::organization::Organization;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Organization {
    const TABLE: &'static str = "organization";
    const COLUMNS: &'static [Column] = &[Column::text("name_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into()]
    }
}
