//! How environments, in the partition above them are kept.

use postern_core::directory::environment::Environment;
use postern_core::filter::fold;
use postern_core::ids::LicenseId;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Environment {
    const TABLE: &'static str = "environment";
    const COLUMNS: &'static [Column] = &[
        Column::uuid("organization_id"),
        Column::uuid("license_id"),
        Column::text("name_key"),
        Column::text("status"),
    ];

    fn index_values(&self) -> Vec<Value> {
        vec![
            self.organization.id.into(),
            self.license.map_or(LicenseId::NIL, |license| license.id).into(),
            fold(&self.name).into(),
            self.status.as_str().into(),
        ]
    }
}
