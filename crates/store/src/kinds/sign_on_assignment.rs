//! Where it is kept which sign-on policies an application uses.

use postern_core::policy::sign_on_assignment::SignOnAssignment;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for SignOnAssignment {
    const TABLE: &'static str = "sign_on_assignment";
    const COLUMNS: &'static [Column] =
        &[Column::uuid("application_id"), Column::uuid("policy_id"), Column::int("priority")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.application.id.into(), self.sign_on_policy.id.into(), self.priority.into()]
    }
}
