//! How the gateways of an environment for text messages and calls are kept.

use postern_core::policy::phone_delivery::PhoneDelivery;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for PhoneDelivery {
    const TABLE: &'static str = "phone_delivery";
    const COLUMNS: &'static [Column] = &[Column::text("provider")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.provider.as_str().into()]
    }
}
