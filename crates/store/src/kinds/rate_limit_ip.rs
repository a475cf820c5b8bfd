//! How it is kept which addresses no rate limit counts.

use postern_core::filter::fold;
use postern_core::policy::rate_limit_ip::RateLimitIp;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for RateLimitIp {
    const TABLE: &'static str = "rate_limit_ip";
    const COLUMNS: &'static [Column] = &[Column::text("value_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.value).into()]
    }
}
