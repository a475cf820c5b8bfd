//! How hardware tokens are kept, and that serial numbers are unique.

use postern_core::filter::fold;
use postern_core::oath::OathToken;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for OathToken {
    const TABLE: &'static str = "oath_token";
    const COLUMNS: &'static [Column] = &[Column::text("serial_key"), Column::uuid("device_id")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.serial_number).into(), self.device.map(|device| device.id).into()]
    }
}
