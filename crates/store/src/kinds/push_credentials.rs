//! How the push credentials of applications are kept: one record for each application and type.

use postern_core::directory::push_credentials::PushCredentials;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for PushCredentials {
    const TABLE: &'static str = "push_credentials";
    const COLUMNS: &'static [Column] = &[Column::uuid("application_id"), Column::text("type")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.application.id.into(), self.kind.as_str().into()]
    }
}
