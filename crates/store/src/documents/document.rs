//! What a type declares in order to be kept as a document.

use postern_core::entity::Entity;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::sql::Value;

/// A record kept as JSON in a table of its own.
///
/// The table has the columns `env, id, rev, created_at, updated_at`, those of
/// [`Document::COLUMNS`], and `body`, with the primary key `(env, id)`.
pub trait Document: Entity + Serialize + DeserializeOwned {
    /// The table. No two types share one.
    const TABLE: &'static str;
    /// The columns beside the body, in the order of [`Document::index_values`].
    const COLUMNS: &'static [Column];
    /// What stands in those columns. Text that is compared without case is folded here.
    fn index_values(&self) -> Vec<Value>;
}

/// A column beside the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in the table.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
}

impl Column {
    /// A column with text, declared as `{{text}}`.
    #[must_use]
    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: ColumnKind::Text }
    }

    /// A column with a number, a boolean or a point in time, declared as `BIGINT`.
    #[must_use]
    pub const fn int(name: &'static str) -> Self {
        Self { name, kind: ColumnKind::Int }
    }

    /// A column with an identifier, declared as `{{uuid}}`.
    #[must_use]
    pub const fn uuid(name: &'static str) -> Self {
        Self { name, kind: ColumnKind::Uuid }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, ordered by bytes.
    Text,
    /// A number, a boolean (0 or 1) or a point in time (microseconds).
    Int,
    /// An identifier.
    Uuid,
}

impl ColumnKind {
    /// Whether a value may be compared with such a column; nothing always may.
    pub(crate) const fn takes(self, value: &Value) -> bool {
        matches!(
            (self, value),
            (_, Value::Null)
                | (Self::Text, Value::Text(_))
                | (Self::Int, Value::Int(_))
                | (Self::Uuid, Value::Uuid(_))
        )
    }
}

/// The columns every document table has that may be searched.
const COMMON: [Column; 3] = [Column::uuid("id"), Column::int("created_at"), Column::int("updated_at")];

/// The column of that name, if the type has it.
pub(crate) fn column(columns: &[Column], name: &str) -> Option<Column> {
    COMMON.iter().chain(columns).find(|column| column.name == name).copied()
}
