//! Claims that a resource adds to its tokens.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{ResourceAttributeId, ResourceId};
use crate::problem::Problem;
use crate::schema::{Declared, Object, boolean, object, one_of, reference, text, words};

/// Claims of access tokens that the server owns.
pub const RESERVED: &[&str] = &[
    "acr",
    "amr",
    "aud",
    "auth_time",
    "client_id",
    "env",
    "exp",
    "iat",
    "iss",
    "jti",
    "org",
    "scope",
    "sid",
    "sub",
];

words! {
    /// Where a claim comes from.
    pub enum ResourceAttributeType {
        Core = "CORE",
        Custom = "CUSTOM",
        Predefined = "PREDEFINED",
    }
}

/// A claim of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceAttribute {
    /// The resource that it belongs to; set by the server.
    pub resource: Reference<ResourceId>,
    /// The claim; unique in the resource.
    pub name: String,
    /// A text, with `${…}` for what is looked up.
    pub value: String,
    /// Built in or made by a customer.
    #[serde(rename = "type", default = "custom")]
    pub kind: ResourceAttributeType,
    /// Also in ID tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<bool>,
    /// Also in the user information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_info: Option<bool>,
}

fn custom() -> ResourceAttributeType {
    ResourceAttributeType::Custom
}

impl Entity for ResourceAttribute {
    type Id = ResourceAttributeId;
    const KIND: &'static str = "RESOURCE_ATTRIBUTE";
}

impl Declared for ResourceAttribute {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                reference("resource").read_only(),
                text("name").required().max(256),
                text("value").required(),
                one_of("type", ResourceAttributeType::WORDS).read_only(),
                boolean("idToken"),
                boolean("userInfo"),
            ])
        });
        &SCHEMA
    }

    fn problems(&self) -> Vec<Problem> {
        let reserved = RESERVED.contains(&self.name.as_str()) || self.name.starts_with("p1.");
        if self.kind == ResourceAttributeType::Custom && reserved {
            return vec![Problem::invalid("name", "is reserved")];
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reserved_claims_are_refused() {
        let owned = [("resource", json!({"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}))];
        let read = |name: &str| {
            ResourceAttribute::read(&json!({"name": name, "value": "${user.email}"}), None, &owned)
        };
        assert!(read("mail").is_ok());
        for name in ["sub", "env", "p1.rid"] {
            assert_eq!(read(name).unwrap_err()[0].target.as_deref(), Some("name"), "{name}");
        }
    }
}
