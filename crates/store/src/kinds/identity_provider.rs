//! How identity providers and their mappings are kept.

use postern_core::directory::identity_provider::IdentityProvider;
use postern_core::directory::identity_provider_attribute::IdentityProviderAttribute;
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for IdentityProvider {
    const TABLE: &'static str = "identity_provider";
    const COLUMNS: &'static [Column] = &[Column::text("name_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into()]
    }
}

impl Document for IdentityProviderAttribute {
    const TABLE: &'static str = "identity_provider_attribute";
    const COLUMNS: &'static [Column] = &[Column::uuid("identity_provider_id"), Column::text("name_key")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.identity_provider.id.into(), fold(&self.name).into()]
    }
}
