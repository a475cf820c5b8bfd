//! One record naming another: `{"id": "…"}` on the wire.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ids::Id;

/// A reference to a record by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference<I> {
    /// The id of the other record.
    pub id: I,
}

impl<I: Id> Reference<I> {
    /// A reference to this id.
    pub fn to(id: I) -> Self {
        Self { id }
    }

    /// The wire form, for the members that the server sets.
    pub fn wire(id: I) -> Value {
        json!({ "id": id.to_string() })
    }
}
