//! How the notification settings of an environment are kept.

use postern_core::policy::notification_settings::NotificationSettings;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for NotificationSettings {
    const TABLE: &'static str = "notification_settings";
    const COLUMNS: &'static [Column] = &[Column::int("phone_daily")];

    fn index_values(&self) -> Vec<Value> {
        // Beside the record so that the quota of a message is looked up in the statement that counts it.
        vec![self.restrictions.as_ref().map(|limits| limits.sms_voice_quota.daily).into()]
    }
}
