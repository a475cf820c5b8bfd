//! How push requests are kept while they wait, and for a day after.

use postern_core::mfa::push::request::PushRequest;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for PushRequest {
    const TABLE: &'static str = "push_request";
    const COLUMNS: &'static [Column] = &[
        Column::uuid("device_id"),
        Column::uuid("asker_id"),
        Column::text("status"),
        Column::int("expires_at"),
    ];

    fn index_values(&self) -> Vec<Value> {
        vec![self.device.into(), self.asker.into(), self.status().as_str().into(), self.expires_at.into()]
    }
}
