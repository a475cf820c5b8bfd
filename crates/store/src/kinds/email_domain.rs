//! How domains for mails are kept.

use postern_core::experience::email_domain::EmailDomain;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for EmailDomain {
    const TABLE: &'static str = "email_domain";
    const COLUMNS: &'static [Column] = &[Column::text("domain_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.domain_name).into()]
    }
}
