//! A value that goes into a statement or comes out of a row.

use uuid::Uuid;

/// A parameter or a column.
///
/// Booleans are 0 or 1, points in time microseconds since the epoch. On the way
/// out, 16 bytes read from SQLite are a [`Value::Uuid`]; [`Row`](super::Row)
/// gives either form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number, a boolean or a point in time.
    Int(i64),
    /// Text without NUL.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An identifier.
    Uuid(Uuid),
}

impl Value {
    /// A typed identifier.
    pub fn id(id: impl postern_core::ids::Id) -> Self {
        Self::Uuid(id.uuid())
    }

    /// Whether it is [`Value::Null`].
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}
