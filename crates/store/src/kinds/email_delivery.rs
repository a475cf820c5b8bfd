//! Where it is kept how an environment sends mail.

use postern_core::policy::email_delivery::EmailDelivery;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for EmailDelivery {
    const TABLE: &'static str = "email_delivery";
    const COLUMNS: &'static [Column] = &[];

    fn index_values(&self) -> Vec<Value> {
        Vec::new()
    }
}
