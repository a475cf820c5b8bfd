//! How MFA devices are kept.
//!
//! Only an active device has its address in `address_key`, so that one index both keeps a user from having the same
//! address twice and finds the user's devices.

use postern_core::devices::{Device, DeviceStatus};
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Device {
    const TABLE: &'static str = "device";
    const COLUMNS: &'static [Column] = &[
        Column::uuid("user_id"),
        Column::text("type"),
        Column::text("status"),
        Column::text("address_key"),
        Column::int("position"),
        Column::int("expires_at"),
        Column::text("credential_key"),
    ];

    fn index_values(&self) -> Vec<Value> {
        vec![
            self.user.into(),
            self.kind.as_str().into(),
            self.status.as_str().into(),
            self.address().filter(|_| self.status == DeviceStatus::Active).map(fold).into(),
            self.position.into(),
            self.ends_at().into(),
            self.passkey.as_ref().and_then(|passkey| passkey.key()).into(),
        ]
    }
}
