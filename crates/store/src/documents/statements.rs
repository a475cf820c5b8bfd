//! The SQL of a document table, written once per type.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use super::document::Document;
use crate::sql::{Result, StoreError};

/// The texts of one type. Parameters come in the order of the columns.
pub(crate) struct Statements {
    /// env, id, rev, created_at, updated_at, index columns, body.
    pub(crate) insert: String,
    /// env, id.
    pub(crate) find: String,
    /// env, id; gives id, rev, updated_at.
    pub(crate) version: String,
    /// env, id, old rev, new rev, updated_at, index columns, body.
    pub(crate) update: String,
    /// env, id.
    pub(crate) delete: String,
    /// env, id, rev.
    pub(crate) remove: String,
    /// env; a condition on other columns can follow.
    pub(crate) select: String,
    /// env; to be closed with a limit and `) AS counted`.
    pub(crate) count: String,
    by_column: Vec<(&'static str, ByColumn)>,
}

/// The oldest record with a value in a column. env, value of the column.
pub(crate) struct ByColumn {
    /// The record.
    pub(crate) find: String,
    /// Its id, rev, updated_at.
    pub(crate) version: String,
}

static STATEMENTS: LazyLock<RwLock<HashMap<&'static str, &'static Statements>>> =
    LazyLock::new(RwLock::default);

impl Statements {
    /// Those of the type. They stay for the life of the process, as the type does.
    pub(crate) fn of<T: Document>() -> &'static Self {
        let known = STATEMENTS.read().unwrap_or_else(PoisonError::into_inner).get(T::TABLE).copied();
        known.unwrap_or_else(|| {
            let mut all = STATEMENTS.write().unwrap_or_else(PoisonError::into_inner);
            all.entry(T::TABLE).or_insert_with(|| Box::leak(Box::new(Self::written_for::<T>())))
        })
    }

    /// Those for a declared column.
    pub(crate) fn by_column(&self, table: &str, column: &str) -> Result<&ByColumn> {
        let found = self.by_column.iter().find(|(name, _)| *name == column);
        let missing = || StoreError::Unavailable(format!("{table} has no column {column}"));
        found.map(|(_, by)| by).ok_or_else(missing)
    }

    fn written_for<T: Document>() -> Self {
        let table = T::TABLE;
        let names: Vec<&'static str> = T::COLUMNS.iter().map(|column| column.name).collect();
        let columns = ["env", "id", "rev", "created_at", "updated_at"].iter().chain(&names).chain(&["body"]);
        let columns: Vec<&str> = columns.copied().collect();
        let places: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
        let changes: Vec<String> = ["rev", "updated_at"]
            .iter()
            .chain(&names)
            .chain(&["body"])
            .zip(4..)
            .map(|(name, number)| format!("{name} = ${number}"))
            .collect();
        let select = format!("SELECT id, rev, created_at, updated_at, body FROM {table} WHERE env = $1");
        let version = format!("SELECT id, rev, updated_at FROM {table} WHERE env = $1");
        let oldest =
            |select: &str, name: &str| format!("{select} AND {name} = $2 ORDER BY created_at, id LIMIT 1");
        let by = |name: &&'static str| {
            (*name, ByColumn { find: oldest(&select, name), version: oldest(&version, name) })
        };
        Self {
            version: format!("{version} AND id = $2"),
            by_column: names.iter().map(by).collect(),
            insert: format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", ")),
            find: format!("{select} AND id = $2"),
            update: format!(
                "UPDATE {table} SET {} WHERE env = $1 AND id = $2 AND rev = $3",
                changes.join(", ")
            ),
            delete: format!("DELETE FROM {table} WHERE env = $1 AND id = $2"),
            remove: format!("DELETE FROM {table} WHERE env = $1 AND id = $2 AND rev = $3"),
            count: format!("SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE env = $1"),
            select,
        }
    }
}
