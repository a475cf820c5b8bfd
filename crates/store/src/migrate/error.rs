//! Why a database cannot be used by this program.

use crate::sql::StoreError;

/// Why migrating stopped. What was applied before stays applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrateError {
    /// An applied step reads differently in this program.
    #[error("migration {number} ({name}) was changed after it was applied")]
    Changed {
        /// The number of the step.
        number: i64,
        /// Its name in this program.
        name: &'static str,
    },
    /// The database was migrated by a later program.
    #[error("the database is at migration {number}, which this program does not know; use a newer program")]
    Newer {
        /// The highest number that was applied.
        number: i64,
    },
    /// A step failed, and was undone.
    #[error("migration {number} ({name}) failed")]
    Failed {
        /// The number of the step.
        number: i64,
        /// Its name.
        name: &'static str,
        /// What the database said.
        source: StoreError,
    },
    /// The database failed before or between the steps.
    #[error(transparent)]
    Store(#[from] StoreError),
}
