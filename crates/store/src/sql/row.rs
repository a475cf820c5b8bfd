//! A row that was read, and its columns by position and type.

use postern_core::ids::Id;
use postern_core::time::Timestamp;
use uuid::Uuid;

use super::{Result, StoreError, Value};

/// One row of an answer. Columns count from 0; asking for another type than the
/// column holds, or for a column that is not there, is [`StoreError::Corrupt`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(Vec<Value>);

impl Row {
    pub(crate) const fn new(values: Vec<Value>) -> Self {
        Self(values)
    }

    /// A number.
    pub fn int(&self, column: usize) -> Result<i64> {
        self.opt_int(column)?.ok_or_else(|| wrong(column))
    }

    /// A number, or nothing.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Int(number) => Ok(Some(*number)),
            _ => Err(wrong(column)),
        }
    }

    /// A boolean kept as 0 or 1.
    pub fn flag(&self, column: usize) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// Text.
    pub fn text(&self, column: usize) -> Result<&str> {
        self.opt_text(column)?.ok_or_else(|| wrong(column))
    }

    /// Text, or nothing.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            _ => Err(wrong(column)),
        }
    }

    /// Bytes.
    pub fn bytes(&self, column: usize) -> Result<&[u8]> {
        self.opt_bytes(column)?.ok_or_else(|| wrong(column))
    }

    /// Bytes, or nothing.
    pub fn opt_bytes(&self, column: usize) -> Result<Option<&[u8]>> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Bytes(bytes) => Ok(Some(bytes)),
            Value::Uuid(uuid) => Ok(Some(uuid.as_bytes())),
            _ => Err(wrong(column)),
        }
    }

    /// An identifier.
    pub fn uuid(&self, column: usize) -> Result<Uuid> {
        self.opt_uuid(column)?.ok_or_else(|| wrong(column))
    }

    /// An identifier, or nothing.
    pub fn opt_uuid(&self, column: usize) -> Result<Option<Uuid>> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Uuid(uuid) => Ok(Some(*uuid)),
            _ => Err(wrong(column)),
        }
    }

    /// A typed identifier.
    pub fn id<I: Id>(&self, column: usize) -> Result<I> {
        self.uuid(column).map(I::from_uuid)
    }

    /// A typed identifier, or nothing.
    pub fn opt_id<I: Id>(&self, column: usize) -> Result<Option<I>> {
        Ok(self.opt_uuid(column)?.map(I::from_uuid))
    }

    /// A point in time kept in microseconds.
    pub fn timestamp(&self, column: usize) -> Result<Timestamp> {
        self.int(column).map(Timestamp::from_micros)
    }

    /// A point in time kept in microseconds, or nothing.
    pub fn opt_timestamp(&self, column: usize) -> Result<Option<Timestamp>> {
        Ok(self.opt_int(column)?.map(Timestamp::from_micros))
    }

    fn value(&self, column: usize) -> Result<&Value> {
        self.0.get(column).ok_or_else(|| wrong(column))
    }
}

/// The answer for a column of another type.
pub(crate) fn wrong(column: usize) -> StoreError {
    StoreError::Corrupt { table: "row", id: format!("column {column}") }
}
