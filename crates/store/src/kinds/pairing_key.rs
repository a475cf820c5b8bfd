//! How pairing keys are kept until they are forgotten.

use postern_core::devices::pairing_key::PairingKey;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for PairingKey {
    const TABLE: &'static str = "pairing_key";
    const COLUMNS: &'static [Column] = &[
        Column::uuid("user_id"),
        Column::text("digest"),
        Column::text("status"),
        Column::int("expires_at"),
        Column::int("forget_at"),
    ];

    fn index_values(&self) -> Vec<Value> {
        vec![
            self.user.into(),
            self.digest.as_str().into(),
            self.status.as_str().into(),
            self.expires_at.into(),
            self.forget_at.into(),
        ]
    }
}
