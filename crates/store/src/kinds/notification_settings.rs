//! How the notification settings of an environment are kept.

use postern_core::policy::notification_settings::NotificationSettings;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for NotificationSettings {
    const TABLE: &'static str = "notification_settings";
    const COLUMNS: &'static [Column] = &[];

    fn index_values(&self) -> Vec<Value> {
        Vec::new()
    }
}
