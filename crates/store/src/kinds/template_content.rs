//! How texts of notification templates are kept.

use postern_core::notify::TemplateContent;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for TemplateContent {
    const TABLE: &'static str = "template_content";
    const COLUMNS: &'static [Column] = &[
        Column::text("template"),
        Column::text("delivery_method"),
        Column::text("locale_key"),
        Column::text("variant_key"),
    ];

    fn index_values(&self) -> Vec<Value> {
        vec![
            self.template.id.as_str().into(),
            self.delivery_method.template_name().into(),
            self.locale_key().into(),
            self.variant_key().into(),
        ]
    }
}
