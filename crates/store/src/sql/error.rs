//! What can go wrong below the port, in words that say what to do about it.

/// A failure of the storage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another row holds the unique value already.
    #[error("unique index {index} of {table} is violated")]
    Conflict {
        /// The table.
        table: String,
        /// The name from `CREATE UNIQUE INDEX`, or `<table>_pkey` for the primary key; the same on both databases.
        index: String,
    },
    /// The row changed or went away since it was read. On PostgreSQL [`Db::write`](super::Db::write) runs the work
    /// again, a few times; on SQLite nobody comes between, so what was read outside of the work is stale for good.
    #[error("the row changed since it was read")]
    Stale,
    /// What is stored cannot be read.
    #[error("{table} {id} cannot be read")]
    Corrupt {
        /// The table, or `row` when a column had another type than expected.
        table: &'static str,
        /// The id of the row, or the column.
        id: String,
    },
    /// Too much is waiting, or others kept getting in the way; worth another try later.
    #[error("the database is busy")]
    Busy,
    /// The database could not do it. The text is for the log, never for a caller.
    #[error("the database failed: {0}")]
    Unavailable(String),
}

impl StoreError {
    /// An [`StoreError::Unavailable`] that says why.
    pub(crate) fn unavailable(why: impl std::fmt::Display) -> Self {
        Self::Unavailable(why.to_string())
    }
}
