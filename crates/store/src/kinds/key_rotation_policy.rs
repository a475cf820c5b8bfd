//! How key rotation policies are kept.

use postern_core::directory::key_rotation_policy::KeyRotationPolicy;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for KeyRotationPolicy {
    const TABLE: &'static str = "key_rotation_policy";
    const COLUMNS: &'static [Column] = &[Column::text("name_key"), Column::int("is_default")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into(), self.default.into()]
    }
}
