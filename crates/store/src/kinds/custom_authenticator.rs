//! How makes of authenticators that administrators added are kept.

use postern_core::fido::CustomAuthenticator;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for CustomAuthenticator {
    const TABLE: &'static str = "custom_authenticator";
    const COLUMNS: &'static [Column] = &[Column::text("identifier")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.identifier().into()]
    }
}
