//! A JSON object that may not name a member twice.
//!
//! Two readers of a token that disagree on which of two members counts are a
//! way around a check; RFC 7515 and RFC 7519 allow refusing such tokens.

use serde::Deserializer;
use serde::de::{Deserialize, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

/// The members of an object, each named once.
pub(super) struct UniqueObject(pub(super) Map<String, Value>);

impl<'de> Deserialize<'de> for UniqueObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = UniqueObject;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object that names each member once")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<UniqueObject, A::Error> {
        let mut members = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is named twice"));
            }
        }
        Ok(UniqueObject(members))
    }
}
