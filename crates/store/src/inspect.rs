//! Looks at the schema as it really is, for `postern doctor`.

use crate::sql::{Db, DbKind, Result};

/// Text columns whose order is not that of their bytes, as `table.column`. On SQLite every order is.
///
/// # Errors
/// Those of the database.
pub async fn columns_in_other_order(db: &Db) -> Result<Vec<String>> {
    if db.kind() == DbKind::Sqlite {
        return Ok(Vec::new());
    }
    let sql = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns \
               WHERE table_schema = current_schema() AND data_type = 'text' \
               AND (collation_name IS NULL OR collation_name <> 'C') ORDER BY table_name, column_name";
    let rows = db.read().await?.query(sql, &[]).await?;
    rows.iter().map(|row| Ok(format!("{}.{}", row.text(0)?, row.text(1)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::TestDb;

    #[tokio::test]
    async fn a_migrated_database_orders_text_by_its_bytes() {
        for db in TestDb::all().await {
            assert_eq!(columns_in_other_order(&db).await, Ok(Vec::new()));
        }
    }
}
