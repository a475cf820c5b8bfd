//! How device authentication policies are kept.

use postern_core::filter::fold;
use postern_core::policy::device_authentication::DevicePolicy;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for DevicePolicy {
    const TABLE: &'static str = "device_policy";
    const COLUMNS: &'static [Column] =
        &[Column::text("name_key"), Column::int("is_default"), Column::uuid("fido2_policy_id")];

    fn index_values(&self) -> Vec<Value> {
        let fido2_policy = self.fido2.as_ref().and_then(|fido2| fido2.fido2_policy_id);
        vec![fold(&self.name).into(), self.default.into(), fido2_policy.into()]
    }
}
