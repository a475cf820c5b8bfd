//! SQLite's errors in the words of the port.

use rusqlite::{Connection, ErrorCode};

use super::index_name;
use crate::sql::StoreError;

pub(crate) fn store_error(connection: &Connection, error: &rusqlite::Error) -> StoreError {
    match (error.sqlite_error_code(), error) {
        (Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked), _) => StoreError::Busy,
        (Some(ErrorCode::ConstraintViolation), rusqlite::Error::SqliteFailure(_, Some(message))) => {
            index_name::conflict(connection, message).unwrap_or_else(|| StoreError::unavailable(error))
        }
        _ => StoreError::unavailable(error),
    }
}
