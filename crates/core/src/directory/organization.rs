//! The owner of environments.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::entity::Entity;
use crate::ids::OrganizationId;
use crate::schema::{Declared, Object, object, text};

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Shown to administrators.
    pub name: String,
    /// The name of its licence, when somebody changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license_name: Option<String>,
}

impl Entity for Organization {
    type Id = OrganizationId;
    const KIND: &'static str = "ORGANIZATION";
}

impl Declared for Organization {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> =
            LazyLock::new(|| object(vec![text("name").required().max(256).doc("Shown to administrators.")]));
        &SCHEMA
    }
}
