//! How branding settings are kept.

use postern_core::experience::branding::BrandingSettings;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for BrandingSettings {
    const TABLE: &'static str = "branding_settings";
    const COLUMNS: &'static [Column] = &[];

    fn index_values(&self) -> Vec<Value> {
        Vec::new()
    }
}
