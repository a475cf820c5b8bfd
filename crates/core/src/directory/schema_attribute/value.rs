//! What a user may have as the value of an attribute.

use serde_json::Value;

use super::{SchemaAttribute, SchemaAttributeType};
use crate::problem::Problem;

/// Values of one user at most.
const MOST_VALUES: usize = 1_000;
/// Longest text, in characters.
const LONGEST: usize = 2_048;
/// Longest JSON, in bytes.
const LARGEST: usize = 16 * 1024;

impl SchemaAttribute {
    /// Whether a user may have this value; `old` is what it had before.
    ///
    /// # Errors
    /// The fault, naming the attribute.
    pub fn check(&self, sent: &Value, old: Option<&Value>) -> Result<(), Problem> {
        match sent {
            Value::Array(values) if self.multi_valued => {
                if values.len() > MOST_VALUES {
                    return Err(Problem::too_long(&self.name, MOST_VALUES));
                }
                let kept = old.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                values.iter().enumerate().try_for_each(|(place, value)| {
                    self.check_one(value, kept.contains(value), &format!("{}[{place}]", self.name))
                })
            }
            _ if self.multi_valued => Err(Problem::invalid(&self.name, "must be a list")),
            value => self.check_one(value, old == Some(value), &self.name),
        }
    }

    fn check_one(&self, value: &Value, kept: bool, target: &str) -> Result<(), Problem> {
        match (self.kind, value) {
            (SchemaAttributeType::Text, Value::String(text)) => self.check_text(text, kept, target),
            (SchemaAttributeType::Text, _) => Err(Problem::invalid(target, "must be a text")),
            (SchemaAttributeType::Json, Value::Object(_) | Value::Array(_)) => {
                if value.to_string().len() > LARGEST {
                    return Err(Problem::too_long(target, LARGEST));
                }
                if has_nul(value) { Err(Problem::invalid(target, "must not contain NUL")) } else { Ok(()) }
            }
            (SchemaAttributeType::Json, _) => Err(Problem::invalid(target, "must be an object or a list")),
        }
    }

    fn check_text(&self, text: &str, kept: bool, target: &str) -> Result<(), Problem> {
        if text.is_empty() {
            return Err(Problem::empty(target));
        }
        if text.chars().count() > LONGEST {
            return Err(Problem::too_long(target, LONGEST));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(Problem::invalid(target, "must not contain control characters"));
        }
        let Some(values) = &self.enumerated_values else { return Ok(()) };
        let open = |value: &&super::EnumeratedValue| !value.archived.unwrap_or_default();
        if kept || values.iter().filter(open).any(|value| value.value == text) {
            return Ok(());
        }
        let words: Vec<&str> = values.iter().filter(open).map(|value| value.value.as_str()).collect();
        Err(Problem::not_allowed(target, &words))
    }

    /// The texts of a value that must be unlike those of other users.
    #[must_use]
    pub fn unique_texts<'v>(&self, value: &'v Value) -> Vec<&'v str> {
        match value {
            _ if !self.unique => Vec::new(),
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
            value => value.as_str().into_iter().collect(),
        }
    }

    /// A kept value as answers show it: a list when users have lists, even if it was kept before they had.
    #[must_use]
    pub fn shown(&self, kept: &Value) -> Value {
        match kept {
            value if self.multi_valued && !value.is_array() => Value::Array(vec![value.clone()]),
            value => value.clone(),
        }
    }
}

/// PostgreSQL keeps no text with NUL.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Declared;
    use serde_json::json;

    fn attribute(more: &Value) -> SchemaAttribute {
        let mut body = json!({"name": "size", "enabled": true});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        let schema = json!({"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"});
        SchemaAttribute::read(&body, None, &[("schema", schema)]).unwrap().0
    }

    #[test]
    fn values_are_of_the_type_of_their_attribute() {
        let text = attribute(&json!({}));
        assert!(text.check(&json!("XL"), None).is_ok());
        for wrong in [json!(1), json!(["XL"]), json!({}), json!(""), json!("a\u{0}"), json!("x".repeat(2049))]
        {
            assert!(text.check(&wrong, None).is_err(), "{wrong}");
        }
        let data = attribute(&json!({"type": "JSON"}));
        assert!(data.check(&json!({"a": [1]}), None).is_ok());
        for wrong in [json!("a"), json!(true), json!({"a": "\u{0}"}), json!({"a": "x".repeat(20_000)})] {
            assert!(data.check(&wrong, None).is_err());
        }
        let many = attribute(&json!({"multiValued": true}));
        assert!(many.check(&json!(["a", "b"]), None).is_ok());
        assert_eq!(many.check(&json!(["a", 2]), None).unwrap_err().target.as_deref(), Some("size[1]"));
        assert_eq!(many.shown(&json!("a")), json!(["a"]));
    }

    #[test]
    fn an_archived_value_is_kept_and_not_given() {
        let listed =
            attribute(&json!({"enumeratedValues": [{"value": "S"}, {"value": "M", "archived": true}]}));
        assert!(listed.check(&json!("S"), None).is_ok());
        assert!(listed.check(&json!("M"), None).is_err());
        assert!(listed.check(&json!("M"), Some(&json!("M"))).is_ok());
        assert!(listed.check(&json!("s"), None).is_err());
    }
}
