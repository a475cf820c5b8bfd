//! How revisions of agreements are kept.

use postern_core::experience::agreement_revision::AgreementRevision;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for AgreementRevision {
    const TABLE: &'static str = "agreement_revision";
    const COLUMNS: &'static [Column] =
        &[Column::uuid("agreement_id"), Column::uuid("language_id"), Column::int("effective_at")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.agreement.id.into(), self.language.id.into(), self.effective_at.into()]
    }
}
