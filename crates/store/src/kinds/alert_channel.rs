//! How alert channels are kept.

use postern_core::experience::alert_channel::AlertChannel;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for AlertChannel {
    const TABLE: &'static str = "alert_channel";
    const COLUMNS: &'static [Column] = &[];

    fn index_values(&self) -> Vec<Value> {
        Vec::new()
    }
}
