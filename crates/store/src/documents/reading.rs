//! Find, list, count.

use std::borrow::Cow;

use postern_core::entity::Stored;
use postern_core::ids::EnvironmentId;

use super::codec::{decode, key};
use super::condition::Condition;
use super::document::{Document, column};
use super::select::Select;
use super::statements::{ByColumn, Statements};
use crate::sql::{Result, StoreError, Tx, Value};

/// The record with this id.
///
/// # Errors
/// [`StoreError::Corrupt`] when its body does not decode.
pub async fn find<T: Document>(
    tx: &mut Tx,
    environment: EnvironmentId,
    id: T::Id,
) -> Result<Option<Stored<T>>> {
    let sql = locking(tx, &Statements::of::<T>().find);
    let row = tx.query_opt(&sql, &key(environment, id)).await?;
    row.map(|row| decode(environment, &row)).transpose()
}

/// The record with this id, kept from others until the transaction ends: for rules about what it owns, such as a limit.
///
/// # Errors
/// As [`find`].
pub async fn find_locked<T: Document>(
    tx: &mut Tx,
    environment: EnvironmentId,
    id: T::Id,
) -> Result<Option<Stored<T>>> {
    let lock = tx.row_lock();
    find_with(tx, environment, id, lock).await
}

/// The record with this id, which nobody changes or removes until the transaction ends: for references to it.
/// Others may refer to it meanwhile. Who will change the record itself takes [`find_locked`] from the start, since two
/// that hold it this way and then both want to change it wait for each other.
///
/// # Errors
/// As [`find`].
pub async fn find_shared<T: Document>(
    tx: &mut Tx,
    environment: EnvironmentId,
    id: T::Id,
) -> Result<Option<Stored<T>>> {
    let lock = tx.shared_row_lock();
    find_with(tx, environment, id, lock).await
}

async fn find_with<T: Document>(
    tx: &mut Tx,
    environment: EnvironmentId,
    id: T::Id,
    lock: &str,
) -> Result<Option<Stored<T>>> {
    let sql = &Statements::of::<T>().find;
    let row = match lock {
        "" => tx.query_opt(sql, &key(environment, id)).await?,
        lock => tx.query_opt(&format!("{sql}{lock}"), &key(environment, id)).await?,
    };
    row.map(|row| decode(environment, &row)).transpose()
}

/// The oldest record with this value in one of its declared columns.
///
/// # Errors
/// [`StoreError::Corrupt`] when its body does not decode, [`StoreError::Unavailable`] when there is no such column
/// or the value is of another type.
pub async fn find_by<T: Document>(
    tx: &mut Tx,
    environment: EnvironmentId,
    name: &'static str,
    value: Value,
) -> Result<Option<Stored<T>>> {
    let sql = locking(tx, &of_column::<T>(name, &value)?.find);
    let row = tx.query_opt(&sql, &[environment.into(), value]).await?;
    row.map(|row| decode(environment, &row)).transpose()
}

/// The statements for the column, when it is there and can have the value.
pub(crate) fn of_column<T: Document>(name: &'static str, value: &Value) -> Result<&'static ByColumn> {
    if column(T::COLUMNS, name).is_some_and(|column| !column.kind.takes(value)) {
        return Err(StoreError::Unavailable(format!("{}.{name} is of another type", T::TABLE)));
    }
    Statements::of::<T>().by_column(T::TABLE, name)
}

/// A page of records, ordered by `created_at`, then `id`.
///
/// # Errors
/// [`StoreError::Corrupt`] when a body does not decode, [`StoreError::Unavailable`] for a condition on a column that
/// is not there or of another type.
pub async fn list<T: Document>(
    tx: &mut Tx,
    environment: EnvironmentId,
    select: &Select,
) -> Result<Vec<Stored<T>>> {
    let mut params = vec![environment.into()];
    let mut sql = Statements::of::<T>().select.clone();
    select.write(T::TABLE, T::COLUMNS, &mut sql, &mut params)?;
    tx.query(&sql, &params).await?.iter().map(|row| decode(environment, row)).collect()
}

/// How many records meet the condition; counting stops at `cap`.
///
/// # Errors
/// As [`list`], but bodies are not read.
pub async fn count<T: Document>(
    tx: &mut Tx,
    environment: EnvironmentId,
    condition: &Condition,
    cap: i64,
) -> Result<i64> {
    let mut params = vec![environment.into()];
    let mut sql = Statements::of::<T>().count.clone();
    condition.write_and(T::TABLE, T::COLUMNS, &mut sql, &mut params)?;
    params.push(cap.max(0).into());
    sql.push_str(&format!(" LIMIT ${}) AS counted", params.len()));
    tx.query_opt(&sql, &params).await?.map_or(Ok(0), |row| row.int(0))
}

/// After a lost race the row is locked when it is read, so that the next try wins.
fn locking<'a>(tx: &Tx, sql: &'a str) -> Cow<'a, str> {
    match tx.lock_after_lost_race() {
        "" => Cow::Borrowed(sql),
        lock => Cow::Owned(format!("{sql}{lock}")),
    }
}
