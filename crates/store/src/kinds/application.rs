//! How applications are kept.

use postern_core::directory::application::Application;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Application {
    const TABLE: &'static str = "application";
    const COLUMNS: &'static [Column] = &[
        Column::text("name_key"),
        Column::text("type"),
        Column::int("enabled"),
        Column::text("bundle_id"),
        Column::text("package_name"),
        Column::text("huawei_app_id"),
        Column::text("huawei_package_name"),
        Column::text("sp_entity_id"),
    ];

    fn index_values(&self) -> Vec<Value> {
        let mobile = self.mobile.as_ref();
        vec![
            fold(&self.name).into(),
            self.kind.as_str().into(),
            self.enabled.into(),
            mobile.and_then(|mobile| mobile.bundle_id.as_deref()).into(),
            mobile.and_then(|mobile| mobile.package_name.as_deref()).into(),
            mobile.and_then(|mobile| mobile.huawei_app_id.as_deref()).into(),
            mobile.and_then(|mobile| mobile.huawei_package_name.as_deref()).into(),
            self.sp_entity_id().into(),
        ]
    }
}
