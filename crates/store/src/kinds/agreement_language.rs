//! How languages of agreements are kept.

use postern_core::experience::agreement_language::AgreementLanguage;
use postern_core::notify::locale;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for AgreementLanguage {
    const TABLE: &'static str = "agreement_language";
    const COLUMNS: &'static [Column] = &[Column::uuid("agreement_id"), Column::text("locale_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.agreement.id.into(), locale::key(&self.locale).into()]
    }
}
