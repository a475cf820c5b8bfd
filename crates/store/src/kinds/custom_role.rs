//! How the roles of an environment are kept.

use postern_core::directory::custom_role::CustomRole;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for CustomRole {
    const TABLE: &'static str = "custom_role";
    const COLUMNS: &'static [Column] = &[Column::text("name_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into()]
    }
}
