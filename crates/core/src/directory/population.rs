//! Populations: groups of users with common settings. Each user is in one.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{PasswordPolicyId, PopulationId};
use crate::schema::{Declared, Object, boolean, list, object, reference, text, texts};

/// A population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Population {
    /// Unique in the environment.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether users without a population go here; one per environment.
    #[serde(default)]
    pub default: bool,
    /// The rules for its passwords; the environment's default when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_policy: Option<Reference<PasswordPolicyId>>,
    /// The language of its users unless they have their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_language: Option<String>,
    /// Other attributes that identify its users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternative_identifiers: Option<Vec<String>>,
    /// How its pages look; kept and shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<Reference<Uuid>>,
}

impl Entity for Population {
    type Id = PopulationId;
    const KIND: &'static str = "POPULATION";
}

impl Declared for Population {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("name").required().max(256).doc("Unique in the environment."),
                text("description").max(1024),
                boolean("default").default(false).doc("Users created without a population go here."),
                reference("passwordPolicy"),
                text("preferredLanguage").max(64).pattern("a language tag", texts::is_language_tag),
                list("alternativeIdentifiers", text("identifier").min(1).max(256), 20),
                reference("theme"),
            ])
        });
        &SCHEMA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_population_is_echoed_without_what_was_not_sent() {
        let (population, _) =
            Population::read(&json!({"name": "MFA users", "description": "of the test"}), None, &[]).unwrap();
        let wire = serde_json::to_value(population).unwrap();
        assert_eq!(wire, json!({"name": "MFA users", "description": "of the test", "default": false}));
    }

    #[test]
    fn a_population_needs_a_name() {
        assert!(Population::read(&json!({"name": ""}), None, &[]).is_err());
        assert!(Population::read(&json!({}), None, &[]).is_err());
    }
}
