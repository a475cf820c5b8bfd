//! How groups are kept.

use postern_core::directory::group::Group;
use postern_core::filter::fold;
use uuid::Uuid;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Group {
    const TABLE: &'static str = "user_group";
    const COLUMNS: &'static [Column] = &[
        Column::text("name_key"),
        Column::uuid("scope_id"),
        Column::uuid("population_id"),
        Column::text("external_id_key"),
        Column::int("is_dynamic"),
    ];

    fn index_values(&self) -> Vec<Value> {
        use postern_core::ids::Id;
        let population = self.population.map(|population| population.id.uuid());
        vec![
            fold(&self.name).into(),
            // Nothing is distinct from nothing in a unique index, so groups of the environment need a value.
            population.unwrap_or(Uuid::nil()).into(),
            population.into(),
            self.external_id.as_deref().map(fold).into(),
            self.user_filter.is_some().into(),
        ]
    }
}
