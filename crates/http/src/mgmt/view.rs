//! How a kept record is shown: id, environment, its members, its dates.

use postern_core::entity::{Entity, Stored};
use postern_core::schema::Object;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The members of a record for an answer. Members the schema calls write-only are left out.
pub(crate) fn members<T: Entity + Serialize>(stored: &Stored<T>, schema: &Object) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("id".to_owned(), json!(stored.id.to_string()));
    all.insert("environment".to_owned(), json!({ "id": stored.environment }));
    let mut body = body(&stored.body);
    schema.hide_write_only(&mut body);
    all.extend(body);
    all.insert("createdAt".to_owned(), json!(stored.created_at));
    all.insert("updatedAt".to_owned(), json!(stored.updated_at));
    all
}

/// The members of a stored type.
pub(crate) fn body<T: Serialize>(body: &T) -> Map<String, Value> {
    match serde_json::to_value(body) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}
