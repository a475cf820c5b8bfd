//! How authentication codes are kept until they are forgotten.

use postern_core::mfa::authentication_code::AuthenticationCode;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for AuthenticationCode {
    const TABLE: &'static str = "authentication_code";
    const COLUMNS: &'static [Column] = &[Column::text("digest"), Column::int("forget_at")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.digest.as_str().into(), self.forget_at().into()]
    }
}
