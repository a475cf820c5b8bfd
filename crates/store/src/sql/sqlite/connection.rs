//! How a connection is set up.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags};

use super::log::Log;

/// How long SQLite itself waits for a lock of another connection.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Prepared statements kept per connection.
const STATEMENTS: usize = 512;

/// The one connection that writes. FULL makes every commit survive a power loss.
/// It leaves the log alone; who moves it into the file is in [`super::checkpointer`].
pub(crate) fn writer(path: &Path, log: &Arc<Log>) -> rusqlite::Result<Connection> {
    let mut connection = writable(path)?;
    connection.execute_batch("PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 0;")?;
    let log = Arc::clone(log);
    connection.wal_hook(Some(move |_: &mut Wal, frames| {
        log.grew_to(frames);
        Ok(())
    }))?;
    Ok(connection)
}

/// The connection of the checkpointer.
pub(crate) fn checkpointer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = writable(path)?;
    connection.execute_batch("PRAGMA wal_autocheckpoint = 0;")?;
    Ok(connection)
}

fn writable(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = open(path, flags)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;",
    )?;
    Ok(connection)
}

/// Moves what is in the log into the file as far as no reader needs it, waiting for nobody.
pub(crate) fn checkpoint(connection: &Connection) {
    if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
        tracing::warn!(%error, "the write-ahead log could not be moved into the file");
    }
}

/// A connection that cannot write.
pub(crate) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8000;")?;
    Ok(connection)
}

/// What both have: no locks around a connection that one thread has at a time, and
/// `LIKE` that tells case apart as PostgreSQL's does.
fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Plans do not look at bound values: else a cached statement is compiled anew whenever its bindings are cleared.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.busy_timeout(LOCK_WAIT)?;
    connection.execute_batch(
        "PRAGMA foreign_keys = OFF; PRAGMA case_sensitive_like = ON; PRAGMA temp_store = MEMORY;",
    )?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}
