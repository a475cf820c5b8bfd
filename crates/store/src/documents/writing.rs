//! Insert, update, delete.

use postern_core::entity::Stored;
use postern_core::ids::EnvironmentId;
use postern_core::time::Timestamp;

use super::codec::{encode, key};
use super::document::Document;
use super::statements::Statements;
use crate::sql::{Result, Tx, Value};

/// Adds a new record.
///
/// # Errors
/// [`StoreError::Conflict`](crate::sql::StoreError::Conflict) when its id or a unique column is taken.
pub async fn insert<T: Document>(tx: &mut Tx, stored: &Stored<T>) -> Result<()> {
    tx.execute(&Statements::of::<T>().insert, &row(stored)?).await.map(drop)
}

/// Adds a new record, for work that would not handle a conflict itself: it may come with a later statement or with the
/// commit; see [`Tx::execute_later`].
///
/// # Errors
/// As [`insert`].
pub async fn insert_later<T: Document>(tx: &mut Tx, stored: &Stored<T>) -> Result<()> {
    tx.execute_later(&Statements::of::<T>().insert, row(stored)?).await
}

fn row<T: Document>(stored: &Stored<T>) -> Result<Vec<Value>> {
    let mut params = Vec::with_capacity(T::COLUMNS.len() + 6);
    params.extend(key(stored.environment, stored.id));
    params.extend([stored.rev.into(), stored.created_at.into(), stored.updated_at.into()]);
    params.extend(stored.body.index_values());
    params.push(encode(&stored.body)?);
    Ok(params)
}

/// Writes a changed record, if it still has the revision it was read with. Its
/// `rev` and `updated_at` are then those of the new row.
///
/// # Errors
/// [`StoreError::Stale`](crate::sql::StoreError::Stale) when it changed or went away meanwhile: return it, and the
/// transaction runs again. [`StoreError::Conflict`](crate::sql::StoreError::Conflict) when a unique column is taken.
pub async fn update<T: Document>(tx: &mut Tx, stored: &mut Stored<T>, now: Timestamp) -> Result<()> {
    let next = stored.rev + 1;
    let mut params = Vec::with_capacity(T::COLUMNS.len() + 6);
    params.extend(key(stored.environment, stored.id));
    params.extend([stored.rev.into(), next.into(), now.into()]);
    params.extend(stored.body.index_values());
    params.push(encode(&stored.body)?);
    if tx.execute(&Statements::of::<T>().update, &params).await? == 0 {
        return Err(tx.stale());
    }
    stored.rev = next;
    stored.updated_at = now;
    Ok(())
}

/// Takes a record away; `false` when it was not there.
///
/// # Errors
/// What the database says.
pub async fn delete<T: Document>(tx: &mut Tx, environment: EnvironmentId, id: T::Id) -> Result<bool> {
    Ok(tx.execute(&Statements::of::<T>().delete, &key(environment, id)).await? > 0)
}

/// Takes a record away, if it still has the revision it was read with.
///
/// # Errors
/// [`StoreError::Stale`](crate::sql::StoreError::Stale) when it changed or went away meanwhile: return it, and the
/// transaction runs again.
pub async fn remove<T: Document>(tx: &mut Tx, stored: &Stored<T>) -> Result<()> {
    let [environment, id] = key(stored.environment, stored.id);
    if tx.execute(&Statements::of::<T>().remove, &[environment, id, stored.rev.into()]).await? == 0 {
        return Err(tx.stale());
    }
    Ok(())
}
