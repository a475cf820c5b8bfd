//! How device authentication policies are kept.

use postern_core::filter::fold;
use postern_core::policy::device_authentication::DevicePolicy;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for DevicePolicy {
    const TABLE: &'static str = "device_policy";
    const COLUMNS: &'static [Column] = &[Column::text("name_key"), Column::int("is_default")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into(), self.default.into()]
    }
}
