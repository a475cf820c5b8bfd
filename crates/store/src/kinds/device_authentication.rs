//! How device authentications are kept until they expire.

use postern_core::mfa::DeviceAuthentication;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for DeviceAuthentication {
    const TABLE: &'static str = "device_authentication";
    const COLUMNS: &'static [Column] = &[Column::int("expires_at")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.expires_at.into()]
    }
}
