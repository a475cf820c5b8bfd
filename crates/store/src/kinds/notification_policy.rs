//! How notification policies are kept.

use postern_core::filter::fold;
use postern_core::policy::notification_policy::NotificationPolicy;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for NotificationPolicy {
    const TABLE: &'static str = "notification_policy";
    const COLUMNS: &'static [Column] = &[Column::text("name_key"), Column::int("is_default")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into(), self.default.into()]
    }
}
