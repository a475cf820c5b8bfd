//! Between a stored record and the values of its row.

use postern_core::entity::Stored;
use postern_core::ids::{EnvironmentId, Id};

use super::document::Document;
use crate::sql::{Result, Row, StoreError, Value};

/// The body as text. Types that do not fit into JSON are a mistake in the program.
pub(crate) fn encode<T: Document>(body: &T) -> Result<Value> {
    serde_json::to_string(body)
        .map(Value::Text)
        .map_err(|error| StoreError::Unavailable(format!("{} cannot be written: {error}", T::TABLE)))
}

/// From the columns id, rev, created_at, updated_at, body.
pub(crate) fn decode<T: Document>(environment: EnvironmentId, row: &Row) -> Result<Stored<T>> {
    let id: T::Id = row.id(0)?;
    let body = serde_json::from_str(row.text(4)?).map_err(|error| {
        // The error's own text may quote the body.
        tracing::error!(table = T::TABLE, %id, line = error.line(), column = error.column(), "a stored record cannot be read");
        StoreError::Corrupt { table: T::TABLE, id: id.to_string() }
    })?;
    let (created_at, updated_at) = (row.timestamp(2)?, row.timestamp(3)?);
    Ok(Stored { environment, id, rev: row.int(1)?, created_at, updated_at, body })
}

/// The key of a document as parameters.
pub(crate) fn key(environment: EnvironmentId, id: impl Id) -> [Value; 2] {
    [environment.into(), Value::id(id)]
}
