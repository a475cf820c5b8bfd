//! Partial updates: a patch laid over the stored body.

use serde_json::{Map, Value};

use super::Object;

impl Object {
    /// The body that a full update would have sent: objects merge member by
    /// member, `null` removes, everything else replaces. Check the result
    /// against the stored body as usual.
    #[must_use]
    pub fn merge_patch(old: &Map<String, Value>, patch: &Value) -> Value {
        match patch {
            Value::Object(patch) => Value::Object(merged(Some(old), patch)),
            Value::Null => Value::Object(old.clone()),
            other => other.clone(),
        }
    }
}

fn merged(old: Option<&Map<String, Value>>, patch: &Map<String, Value>) -> Map<String, Value> {
    let mut result = old.cloned().unwrap_or_default();
    for (name, change) in patch {
        match change {
            Value::Null => {
                result.shift_remove(name);
            }
            Value::Object(inner) => {
                let below = merged(result.get(name).and_then(Value::as_object), inner);
                result.insert(name.clone(), Value::Object(below));
            }
            other => {
                result.insert(name.clone(), other.clone());
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_merges_objects_removes_nulls_and_replaces_the_rest() {
        let old = json!({"a": 1, "name": {"given": "Ada", "family": "L"}, "tags": [1, 2]});
        let patch = json!({"a": null, "name": {"family": null, "middle": "B"}, "tags": [3], "new": {"x": null, "y": 1}});
        let merged = Object::merge_patch(old.as_object().unwrap(), &patch);
        assert_eq!(merged, json!({"name": {"given": "Ada", "middle": "B"}, "tags": [3], "new": {"y": 1}}));
    }

    #[test]
    fn a_patch_without_a_body_changes_nothing() {
        let old = json!({"a": 1});
        assert_eq!(Object::merge_patch(old.as_object().unwrap(), &Value::Null), old);
    }
}
