//! Grants: the scopes of one resource that an application may request.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{ApplicationId, GrantId, ResourceId, ScopeId};
use crate::problem::Problem;
use crate::schema::{Declared, Object, list, object, reference};

/// A grant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The resource; one grant per resource and application.
    pub resource: Reference<ResourceId>,
    /// The application; set by the server.
    pub application: Reference<ApplicationId>,
    /// The scopes, each once.
    pub scopes: Vec<Reference<ScopeId>>,
}

impl Entity for Grant {
    type Id = GrantId;
    const KIND: &'static str = "GRANT";
}

impl Declared for Grant {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                reference("resource").required().immutable(),
                reference("application").read_only(),
                list("scopes", reference("scope"), 200).required().min(1),
            ])
        });
        &SCHEMA
    }

    fn problems(&self) -> Vec<Problem> {
        let mut seen = HashSet::new();
        let twice = self.scopes.iter().enumerate().filter(|(_, scope)| !seen.insert(scope.id));
        twice.map(|(place, _)| Problem::invalid(&format!("scopes[{place}].id"), "is listed twice")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ONE: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";
    const TWO: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a02";

    #[test]
    fn a_grant_is_echoed_and_keeps_its_resource() {
        let body = json!({"resource": {"id": ONE}, "scopes": [{"id": TWO}]});
        let (grant, _) = Grant::read(&body, None, &[("application", json!({"id": TWO}))]).unwrap();
        let stored = serde_json::to_value(&grant).unwrap();
        assert_eq!(
            stored,
            json!({"resource": {"id": ONE}, "application": {"id": TWO}, "scopes": [{"id": TWO}]})
        );
        let moved = json!({"resource": {"id": TWO}, "scopes": [{"id": TWO}]});
        assert_eq!(
            Grant::read(&moved, stored.as_object(), &[]).unwrap_err()[0].target.as_deref(),
            Some("resource")
        );
    }

    #[test]
    fn scopes_are_needed_and_listed_once() {
        let read = |scopes: serde_json::Value| {
            let body = json!({"resource": {"id": ONE}, "scopes": scopes});
            Grant::read(&body, None, &[("application", json!({"id": TWO}))])
                .unwrap_err()
                .remove(0)
                .target
                .unwrap()
        };
        assert_eq!(read(json!([])), "scopes");
        assert_eq!(read(json!([{"id": TWO}, {"id": TWO}])), "scopes[1].id");
        assert_eq!(read(json!([{}])), "scopes[0].id");
    }
}
