//! Where it is kept how an environment sends WhatsApp messages.

use postern_core::policy::whatsapp_delivery::WhatsAppDelivery;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for WhatsAppDelivery {
    const TABLE: &'static str = "whatsapp_delivery";
    const COLUMNS: &'static [Column] = &[];

    fn index_values(&self) -> Vec<Value> {
        Vec::new()
    }
}
