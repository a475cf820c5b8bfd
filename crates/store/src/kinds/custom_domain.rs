//! How domains for pages are kept.

use postern_core::experience::custom_domain::CustomDomain;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for CustomDomain {
    const TABLE: &'static str = "custom_domain";
    const COLUMNS: &'static [Column] = &[Column::text("domain_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.domain_name).into()]
    }
}
