//! Attribute mappings: values of claims such as `${user.name.given}`.
//!
//! Supported are fixed text and places `${user.…}` that name a member of the
//! user record. A mapping that is one place keeps the member's JSON type; mixed
//! with text, the parts are joined. Other expressions resolve to nothing.

use serde_json::Value;

/// What a mapping gives for the user (in its wire form); nothing when a place has no value.
pub(super) fn resolve(mapping: &str, user: &Value) -> Option<Value> {
    if let Some(path) = whole_place(mapping) {
        return look_up(path, user).filter(|value| !value.is_null()).cloned();
    }
    let mut text = String::new();
    let mut rest = mapping;
    while let Some((before, after)) = rest.split_once("${") {
        let (place, after) = after.split_once('}')?;
        text.push_str(before);
        text.push_str(&plain(look_up(place.trim(), user)?)?);
        rest = after;
    }
    text.push_str(rest);
    Some(Value::String(text))
}

fn whole_place(mapping: &str) -> Option<&str> {
    let inside = mapping.trim().strip_prefix("${")?.strip_suffix('}')?;
    (!inside.contains(['{', '}'])).then(|| inside.trim())
}

fn look_up<'u>(path: &str, user: &'u Value) -> Option<&'u Value> {
    path.strip_prefix("user.")?.split('.').try_fold(user, |value, member| value.get(member))
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(mapping: &str) -> Option<Value> {
        let user = json!({"id": "u1", "username": "alice", "mfaEnabled": true, "name": {"given": "Alice", "family": "Ng"}});
        resolve(mapping, &user)
    }

    #[test]
    fn a_place_keeps_its_type() {
        assert_eq!(check("${user.mfaEnabled}"), Some(json!(true)));
        assert_eq!(check(" ${ user.name.given } "), Some(json!("Alice")));
        assert_eq!(check("${user.name}"), Some(json!({"given": "Alice", "family": "Ng"})));
    }

    #[test]
    fn places_and_text_are_joined() {
        assert_eq!(check("${user.name.given} ${user.name.family}!"), Some(json!("Alice Ng!")));
        assert_eq!(check("plain"), Some(json!("plain")));
        assert_eq!(check("${user.username}-${user.mfaEnabled}"), Some(json!("alice-true")));
    }

    #[test]
    fn what_has_no_value_or_is_not_understood_resolves_to_nothing() {
        for mapping in [
            "${user.email}",
            "${user.email} x",
            "${user.name} x",
            "${app.id}",
            "${user.name.given + 'x'}",
            "${",
            "a ${user.username",
        ] {
            assert_eq!(check(mapping), None, "{mapping}");
        }
    }
}
