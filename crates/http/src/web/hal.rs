//! HAL: links and collections, rendered in one place.

use serde_json::{Map, Value, json};

/// The `_links` of one resource. Every member is an object with an absolute `href`.
#[derive(Debug, Default)]
pub struct Links(Map<String, Value>);

impl Links {
    /// Links that begin with `self`.
    #[must_use]
    pub fn to(own: &str) -> Self {
        Self::default().link("self", own)
    }

    /// Adds a link.
    #[must_use]
    pub fn link(mut self, rel: &str, href: &str) -> Self {
        self.0.insert(rel.to_owned(), json!({ "href": href }));
        self
    }

    /// As JSON.
    #[must_use]
    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

/// A resource: links first, then the members in the given order.
#[must_use]
pub fn resource(links: Links, members: Map<String, Value>) -> Value {
    let mut all = Map::with_capacity(members.len() + 1);
    all.insert("_links".to_owned(), links.into_value());
    all.extend(members);
    Value::Object(all)
}

/// A collection. `count` is all that match, `size` what this page holds; `count` is left out when it is not known.
#[must_use]
pub fn collection(links: Links, name: &str, items: Vec<Value>, count: Option<i64>) -> Value {
    let size = items.len();
    let mut all = Map::new();
    all.insert("_links".to_owned(), links.into_value());
    let mut embedded = Map::new();
    embedded.insert(name.to_owned(), Value::Array(items));
    all.insert("_embedded".to_owned(), Value::Object(embedded));
    if let Some(count) = count {
        all.insert("count".to_owned(), json!(count));
    }
    all.insert("size".to_owned(), json!(size));
    Value::Object(all)
}

/// Adds a member to `_embedded`.
pub fn embed(shown: &mut Value, name: &str, value: Value) {
    let Some(members) = shown.as_object_mut() else { return };
    let embedded = members.entry("_embedded").or_insert_with(|| Value::Object(Map::new()));
    if let Some(embedded) = embedded.as_object_mut() {
        embedded.insert(name.to_owned(), value);
    }
}
