//! Members that no answer shows: write-only ones, and secrets that are sealed apart.
//!
//! On a write the engine calls [`Object::split_secrets`], lays the result over
//! what it had with [`Secrets::over`], and seals it as one blob beside the body.

use std::fmt;

use serde_json::{Map, Value};
use zeroize::Zeroize;

use super::Object;
use super::field::{Field, Kind};
use crate::secret::Secret;

/// The secret members of one body, in clear, in the shape of the body. Never printed, wiped on drop.
#[derive(Default, Clone, PartialEq)]
pub struct Secrets(Map<String, Value>);

impl Secrets {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A secret text by its path, such as `["authentication", "password"]`.
    #[must_use]
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        let (last, parents) = path.split_last()?;
        let parent = parents.iter().try_fold(&self.0, |members, name| members.get(*name)?.as_object())?;
        parent.get(*last)?.as_str()
    }

    /// These secrets, and those of `old` that they do not replace.
    #[must_use]
    pub fn over(&self, old: &Self) -> Self {
        match Object::merge_patch(&old.0, &Value::Object(self.0.clone())) {
            Value::Object(members) => Self(members),
            _ => Self::default(),
        }
    }

    /// The text to seal.
    #[must_use]
    pub fn to_json(&self) -> Secret {
        Secret::new(serde_json::to_string(&self.0).unwrap_or_default())
    }

    /// Reads what [`Secrets::to_json`] wrote; nothing else is ever sealed, so other text gives no secrets.
    #[must_use]
    pub fn from_json(clear: &Secret) -> Self {
        Self(serde_json::from_str(clear.expose()).unwrap_or_default())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        _ => {}
    }
}

impl Object {
    /// Moves the secret members out of a checked body.
    pub fn split_secrets(&self, body: &mut Map<String, Value>) -> Secrets {
        Secrets(take(self, body, &|field| field.secret))
    }

    /// Drops the members that answers do not show.
    pub fn hide_write_only(&self, body: &mut Map<String, Value>) {
        drop(Secrets(take(self, body, &|field| field.write_only)));
    }

    /// Whether any member is a secret.
    #[must_use]
    pub fn has_secrets(&self) -> bool {
        self.fields.iter().any(|field| match &field.kind {
            Kind::Nested(object) => field.secret || object.has_secrets(),
            _ => field.secret,
        })
    }
}

fn take(
    object: &Object,
    body: &mut Map<String, Value>,
    chosen: &dyn Fn(&Field) -> bool,
) -> Map<String, Value> {
    let mut taken = Map::new();
    for field in &object.fields {
        if chosen(field) {
            taken.extend(body.shift_remove(field.name).map(|value| (field.name.to_owned(), value)));
        } else if let (Kind::Nested(inner), Some(Value::Object(members))) =
            (&field.kind, body.get_mut(field.name))
        {
            let below = take(inner, members, chosen);
            if !below.is_empty() {
                taken.insert(field.name.to_owned(), Value::Object(below));
            }
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::super::{nested, object, text};
    use super::*;
    use serde_json::json;

    fn gateway() -> Object {
        object(vec![
            text("name"),
            nested("authentication", object(vec![text("username"), text("password").secret().required()])),
        ])
    }

    #[test]
    fn secrets_leave_the_body_and_come_back_over_the_old_ones() {
        let sent = json!({"name": "x", "authentication": {"username": "u", "password": "new"}});
        let mut body = gateway().check(&sent, None).unwrap();
        let fresh = gateway().split_secrets(&mut body);
        assert_eq!(Value::Object(body), json!({"name": "x", "authentication": {"username": "u"}}));
        assert_eq!(fresh.text(&["authentication", "password"]), Some("new"));
        let old =
            Secrets::from_json(&Secret::from(r#"{"authentication":{"password":"old","other":"kept"}}"#));
        let both = fresh.over(&old);
        assert_eq!(both.text(&["authentication", "password"]), Some("new"));
        assert_eq!(both.text(&["authentication", "other"]), Some("kept"));
        assert_eq!(Secrets::from_json(&both.to_json()), both);
        assert_eq!(format!("{both:?}"), "***");
    }

    #[test]
    fn a_required_secret_may_be_left_out_of_an_update_but_not_of_a_create() {
        let sent = json!({"authentication": {"username": "u"}});
        let problems = gateway().check(&sent, None).unwrap_err();
        assert_eq!(problems[0].target.as_deref(), Some("authentication.password"));
        let old = json!({"authentication": {"username": "u"}});
        assert!(gateway().check(&sent, old.as_object()).is_ok());
    }
}
