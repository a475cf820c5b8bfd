//! Attributes that an environment adds to its users.

mod built_in;
mod value;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::SchemaAttributeId;
use crate::problem::Problem;
use crate::schema::{Declared, Object, boolean, json, list, nested, object, one_of, text, words};

pub use built_in::{BUILT_IN_ATTRIBUTES, BuiltInAttribute};

words! {
    /// What the values of an attribute are.
    pub enum SchemaAttributeType {
        Text = "STRING",
        Json = "JSON",
    }
}

/// An attribute that was added. Users keep its value by its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaAttribute {
    /// The schema that it belongs to; there is one, of users.
    pub schema: Reference<Uuid>,
    /// The member of users that holds its value.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether values are taken and shown.
    pub enabled: bool,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: SchemaAttributeType,
    /// Whether no two users may have the same value.
    pub unique: bool,
    /// Whether every user needs a value.
    pub required: bool,
    /// Whether a user has a list of values.
    pub multi_valued: bool,
    /// The only values there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enumerated_values: Option<Vec<EnumeratedValue>>,
}

/// One of the values that an attribute may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumeratedValue {
    /// The value.
    pub value: String,
    /// Whether only users keep it who had it before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Entity for SchemaAttribute {
    type Id = SchemaAttributeId;
    const KIND: &'static str = "SCHEMA_ATTRIBUTE";
}

impl Declared for SchemaAttribute {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let value = object(vec![
                text("value").required().max(256),
                boolean("archived"),
                text("description").max(1024),
            ]);
            object(vec![
                text("name").required().max(256).immutable().pattern("^[A-Za-z][A-Za-z0-9-]*$", is_name),
                text("displayName").min(1).max(256),
                text("description").min(1).max(1024),
                boolean("enabled").required(),
                one_of("type", SchemaAttributeType::WORDS).default("STRING").immutable(),
                boolean("unique").default(false),
                boolean("required").default(false),
                boolean("multiValued").default(false),
                list("enumeratedValues", nested("value", value), 100).min(1),
                json("regexValidation").doc("Not supported; refused."),
            ])
        });
        &SCHEMA
    }

    fn input_problems(input: &serde_json::Value) -> Vec<Problem> {
        let regex = input.get("regexValidation").is_some_and(|regex| !regex.is_null());
        let fault = || Problem::invalid("regexValidation", "regular expressions are not supported");
        regex.then(fault).into_iter().collect()
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let plain = self.kind == SchemaAttributeType::Text;
        if self.unique && !plain {
            problems.push(Problem::invalid("unique", "only attributes of type STRING can be unique"));
        }
        if let Some(values) = &self.enumerated_values {
            if !plain {
                let text = "only attributes of type STRING can have enumerated values";
                problems.push(Problem::invalid("enumeratedValues", text));
            }
            let mut folded: Vec<String> =
                values.iter().map(|value| crate::filter::fold(&value.value)).collect();
            folded.sort_unstable();
            folded.dedup();
            if folded.len() < values.len() {
                problems.push(Problem::not_unique("enumeratedValues"));
            }
        }
        problems
    }
}

/// A letter, then letters, digits and hyphens.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn faults(body: &Value) -> Vec<String> {
        let schema = json!({"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"});
        match SchemaAttribute::read(body, None, &[("schema", schema)]) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.into_iter().filter_map(|problem| problem.target).collect(),
        }
    }

    #[test]
    fn each_fault_of_an_attribute_is_named() {
        assert!(faults(&json!({"name": "tShirt-size2", "enabled": true})).is_empty());
        for (body, target) in [
            (json!({"name": "2x", "enabled": true}), "name"),
            (json!({"name": "x"}), "enabled"),
            (json!({"name": "x", "enabled": true, "type": "COMPLEX"}), "type"),
            (json!({"name": "x", "enabled": true, "type": "JSON", "unique": true}), "unique"),
            (
                json!({"name": "x", "enabled": true, "regexValidation": {"pattern": "a", "requirements": "a"}}),
                "regexValidation",
            ),
            (
                json!({"name": "x", "enabled": true, "enumeratedValues": [{"value": "S"}, {"value": "s"}]}),
                "enumeratedValues",
            ),
        ] {
            assert_eq!(faults(&body), [target], "{body}");
        }
    }
}
