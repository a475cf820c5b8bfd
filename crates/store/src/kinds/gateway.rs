//! How gateways and their credentials are kept.

use postern_core::directory::gateway::{Gateway, GatewayCredential};
use postern_core::filter::fold;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Gateway {
    const TABLE: &'static str = "gateway";
    const COLUMNS: &'static [Column] = &[Column::text("name_key"), Column::text("type")];

    fn index_values(&self) -> Vec<Value> {
        vec![fold(&self.name).into(), self.kind.as_str().into()]
    }
}

impl Document for GatewayCredential {
    const TABLE: &'static str = "gateway_credential";
    const COLUMNS: &'static [Column] = &[Column::uuid("gateway_id")];

    fn index_values(&self) -> Vec<Value> {
        vec![self.gateway.id.into()]
    }
}
