//! PostgreSQL's errors in the words of the port.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::sql::StoreError;

pub(crate) fn store_error(error: &Error) -> StoreError {
    let Some(server) = error.as_db_error() else { return StoreError::Unavailable(chain(error)) };
    if *server.code() == SqlState::UNIQUE_VIOLATION {
        return StoreError::Conflict {
            table: server.table().unwrap_or_default().to_owned(),
            index: server.constraint().unwrap_or_default().to_owned(),
        };
    }
    if is_collision(error) || is_overload(server.code()) {
        return StoreError::Busy;
    }
    // No detail, no hint: they may quote values.
    StoreError::Unavailable(format!("{} {}", server.code().code(), server.message()))
}

/// Another transaction got in the way; the same work may succeed next time.
pub(crate) fn is_collision(error: &Error) -> bool {
    error.code().is_some_and(|code| {
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code)
    })
}

/// The connection ended, or its server may no longer write: another connection may do better.
pub(crate) fn is_lost_server(error: &Error) -> bool {
    error.is_closed()
        || error.code().is_some_and(|code| {
            [
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::CANNOT_CONNECT_NOW,
                SqlState::READ_ONLY_SQL_TRANSACTION,
            ]
            .contains(code)
        })
}

fn is_overload(code: &SqlState) -> bool {
    [SqlState::TOO_MANY_CONNECTIONS, SqlState::LOCK_NOT_AVAILABLE, SqlState::QUERY_CANCELED].contains(code)
}

fn chain(error: &Error) -> String {
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}
