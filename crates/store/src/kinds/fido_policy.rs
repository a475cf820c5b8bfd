//! How FIDO policies of former times are kept.

use postern_core::filter::fold;
use postern_core::policy::fido_policy::FidoPolicy;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for FidoPolicy {
    const TABLE: &'static str = "fido_policy";
    const COLUMNS: &'static [Column] = &[Column::text("name_key"), Column::int("is_default")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into(), self.default.into()]
    }
}
