//! How sign-on flows are kept until they expire.

use postern_core::flow::Flow;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Flow {
    const TABLE: &'static str = "flow";
    const COLUMNS: &'static [Column] = &[Column::uuid("user_id"), Column::int("expires_at")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.user().map(|user| user.id).into(), self.expires_at.into()]
    }
}
