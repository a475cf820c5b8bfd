//! How keys with certificates and certificates of others are kept.

use postern_core::directory::certificate::{KeyPair, TrustedCertificate};

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for KeyPair {
    const TABLE: &'static str = "key_pair";
    const COLUMNS: &'static [Column] = &[Column::text("usage_type"), Column::int("is_default")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.members.usage_type.as_str().into(), self.members.default.into()]
    }
}

impl Document for TrustedCertificate {
    const TABLE: &'static str = "trusted_certificate";
    const COLUMNS: &'static [Column] = &[Column::text("usage_type")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.members.usage_type.as_str().into()]
    }
}
