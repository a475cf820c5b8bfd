//! Which page of which records.

use postern_core::time::Timestamp;
use uuid::Uuid;

use super::condition::Condition;
use super::document::Column;
use crate::sql::{Result, Value};

/// A page of a list that is ordered by `created_at`, then `id`.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// What the records must meet.
    pub condition: Condition,
    /// Where the page before ended: `created_at` and `id` of its last record.
    pub after: Option<(Timestamp, Uuid)>,
    /// Records at most; below 0 is none.
    pub limit: i64,
}

impl Select {
    /// The first page.
    #[must_use]
    pub const fn first(condition: Condition, limit: i64) -> Self {
        Self { condition, after: None, limit }
    }

    /// Adds the rest of the statement after `WHERE env = $1`.
    pub(crate) fn write(
        &self,
        table: &str,
        columns: &[Column],
        sql: &mut String,
        params: &mut Vec<Value>,
    ) -> Result<()> {
        self.condition.write_and(table, columns, sql, params)?;
        if let Some((created_at, id)) = self.after {
            let first = params.len() + 1;
            params.extend([created_at.into(), id.into()]);
            sql.push_str(&format!(" AND (created_at, id) > (${first}, ${})", first + 1));
        }
        params.push(self.limit.max(0).into());
        sql.push_str(&format!(" ORDER BY created_at, id LIMIT ${}", params.len()));
        Ok(())
    }
}
