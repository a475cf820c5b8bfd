//! Parts of an API to which permissions are given.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{ApplicationResourceId, ResourceId};
use crate::schema::{Declared, Object, object, reference, text};

/// A part of an API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApplicationResource {
    /// The API; set by the server.
    pub resource: Reference<ResourceId>,
    /// Unique in the API.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Entity for ApplicationResource {
    type Id = ApplicationResourceId;
    const KIND: &'static str = "APPLICATION_RESOURCE";
}

impl Declared for ApplicationResource {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                reference("resource").read_only().write_only(),
                text("name").required().max(256).doc("Unique in the API."),
                text("description").max(1024),
            ])
        });
        &SCHEMA
    }
}
