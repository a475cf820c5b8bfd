//! How password policies are kept.

use postern_core::filter::fold;
use postern_core::password::policy::PasswordPolicy;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for PasswordPolicy {
    const TABLE: &'static str = "password_policy";
    const COLUMNS: &'static [Column] = &[Column::text("name_key"), Column::int("is_default")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into(), self.default.into()]
    }
}
