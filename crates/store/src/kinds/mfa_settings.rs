//! How the MFA settings of an environment are kept.

use postern_core::policy::mfa_settings::MfaSettings;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for MfaSettings {
    const TABLE: &'static str = "mfa_settings";
    const COLUMNS: &'static [Column] = &[];

    fn index_values(&self) -> Vec<Value> {
        Vec::new()
    }
}
