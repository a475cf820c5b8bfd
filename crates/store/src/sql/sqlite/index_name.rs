//! Which unique index was violated.
//!
//! SQLite names the columns (`UNIQUE constraint failed: device.env, device.key`),
//! PostgreSQL the index. Here the columns are looked up in the schema and give
//! the name that PostgreSQL would give.

use rusqlite::Connection;

use crate::sql::StoreError;

/// The conflict a constraint message tells of; `None` for other constraints, such as NOT NULL.
pub(crate) fn conflict(connection: &Connection, message: &str) -> Option<StoreError> {
    let violated = message.strip_prefix("UNIQUE constraint failed: ")?;
    if let Some(index) = violated.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\'')) {
        let table = table_of(connection, index).unwrap_or_default();
        return Some(StoreError::Conflict { table, index: index.to_owned() });
    }
    let (table, _) = violated.split_once('.')?;
    let columns: Vec<&str> =
        violated.split(", ").filter_map(|column| column.split_once('.').map(|(_, name)| name)).collect();
    let index = name(connection, table, &columns).unwrap_or_else(|_| columns.join(","));
    Some(StoreError::Conflict { table: table.to_owned(), index })
}

fn name(connection: &Connection, table: &str, columns: &[&str]) -> rusqlite::Result<String> {
    let mut indexes = connection.prepare_cached(
        "SELECT l.name, l.origin, (SELECT group_concat(i.name, ',' ORDER BY i.seqno) FROM pragma_index_info(l.name) AS i) \
         FROM pragma_index_list(?1) AS l WHERE l.\"unique\" = 1 ORDER BY l.seq DESC",
    )?;
    let wanted = columns.join(",");
    let mut rows = indexes.query([table])?;
    while let Some(row) = rows.next()? {
        let (name, origin, covered): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if covered == wanted {
            return Ok(match origin.as_str() {
                "pk" => format!("{table}_pkey"),
                "u" => format!("{table}_{}_key", columns.join("_")),
                _ => name,
            });
        }
    }
    // An INTEGER PRIMARY KEY has no index of its own.
    Ok(format!("{table}_pkey"))
}

fn table_of(connection: &Connection, index: &str) -> rusqlite::Result<String> {
    connection.query_row(
        "SELECT tbl_name FROM sqlite_master WHERE type = 'index' AND name = ?1",
        [index],
        |row| row.get(0),
    )
}
