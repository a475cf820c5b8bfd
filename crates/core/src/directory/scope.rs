//! Scopes of resources.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::reference::Reference;
use super::resource::ResourceType;
use crate::entity::Entity;
use crate::ids::{ResourceId, ScopeId};
use crate::problem::Problem;
use crate::schema::{Declared, Object, list, object, reference, text};

/// Scopes of the built-in openid resource, with their descriptions.
pub const OPENID_SCOPES: &[(&str, &str)] = &[
    ("openid", "Sign on and learn the user's id"),
    ("profile", "Read name, picture and language"),
    ("email", "Read the e-mail address"),
    ("phone", "Read the phone number"),
    ("address", "Read the postal address"),
    ("offline_access", "Stay signed on"),
];

/// How the names of customers' scopes on the PingOne API begin.
const ATTRIBUTE_SCOPES: [&str; 2] = ["p1:read:user:", "p1:update:user:"];

/// A scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// The resource that it belongs to; set by the server.
    pub resource: Reference<ResourceId>,
    /// What a token request says; unique in the resource.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// User attributes that it opens, on the PingOne API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_attributes: Option<Vec<String>>,
    /// Claims that it adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapped_claims: Option<Vec<String>>,
}

impl Scope {
    /// Rules that depend on the resource of the scope.
    #[must_use]
    pub fn problems_on(&self, resource: ResourceType) -> Vec<Problem> {
        let of_attributes = ATTRIBUTE_SCOPES
            .iter()
            .any(|start| self.name.strip_prefix(start).is_some_and(|suffix| !suffix.is_empty()));
        let mut problems = Vec::new();
        if resource == ResourceType::PingOneApi && !of_attributes {
            problems.push(Problem::invalid("name", "must begin with p1:read:user: or p1:update:user:"));
        }
        if resource != ResourceType::PingOneApi && self.name.starts_with("p1:") {
            problems.push(Problem::invalid("name", "must not begin with p1:"));
        }
        if resource != ResourceType::PingOneApi && self.schema_attributes.is_some() {
            problems.push(Problem::invalid("schemaAttributes", "belongs to scopes of the PingOne API"));
        }
        problems
    }
}

/// The characters that RFC 6749 allows in a scope.
fn is_scope_name(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

impl Entity for Scope {
    type Id = ScopeId;
    const KIND: &'static str = "SCOPE";
}

impl Declared for Scope {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                reference("resource").read_only(),
                text("name").required().max(256).pattern(r"^[\x21\x23-\x5b\x5d-\x7e]+$", is_scope_name),
                text("description").max(1024),
                list("schemaAttributes", text("attribute").min(1).max(256), 100),
                list("mappedClaims", text("claim").min(1).max(256), 100),
            ])
        });
        &SCHEMA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn scope(body: &Value) -> Result<Scope, Vec<Problem>> {
        let owned = [("resource", json!({"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}))];
        Scope::read(body, None, &owned).map(|(scope, _)| scope)
    }

    #[test]
    fn a_scope_is_one_word() {
        assert!(scope(&json!({"name": "transfers:read"})).is_ok());
        for bad in ["two words", "quo\"te", "back\\slash", "é"] {
            assert!(scope(&json!({"name": bad})).is_err(), "{bad}");
        }
    }

    #[test]
    fn platform_scopes_belong_to_the_platform_api() {
        let own = scope(&json!({"name": "p1:read:user:kyc", "schemaAttributes": ["title"]})).unwrap();
        assert!(own.problems_on(ResourceType::PingOneApi).is_empty());
        assert_eq!(own.problems_on(ResourceType::Custom).len(), 2);
        assert_eq!(
            scope(&json!({"name": "transfers"})).unwrap().problems_on(ResourceType::PingOneApi).len(),
            1
        );
    }
}
