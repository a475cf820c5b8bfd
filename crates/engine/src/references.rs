//! Rules between records: what must exist, what may not go while others need it, which one is the default.

use postern_core::directory::environment::Environment;
use postern_core::entity::Stored;
use postern_core::problem::{Code, Problem};
use postern_store::documents::{self, Condition, Document};
use postern_store::sql::{Tx, Value};

use crate::environments::PLATFORM;
use crate::{Ctx, Error, Result};

/// The record that a member of the input refers to. It stays as it is until the transaction ends.
///
/// # Errors
/// [`Error::Invalid`] naming the member when there is none in this environment.
pub async fn must_exist<T: Document>(tx: &mut Tx, ctx: &Ctx, id: T::Id, target: &str) -> Result<Stored<T>> {
    let found = documents::find_shared::<T>(tx, ctx.environment, id).await?;
    found.ok_or_else(|| Error::invalid(Problem::invalid(target, "does not exist in this environment")))
}

/// Lets nobody else who asks for this go on in the environment until the transaction ends: for rules about how many or
/// which records there are.
///
/// # Errors
/// Those of the database.
pub async fn one_at_a_time(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    documents::find_locked::<Environment>(tx, PLATFORM, ctx.environment).await?;
    Ok(())
}

/// Whether the environment has fewer than `most` records of type `T`. Nobody else adds one until the transaction ends.
///
/// # Errors
/// Those of the database.
pub async fn has_room<T: Document>(tx: &mut Tx, ctx: &Ctx, most: i64) -> Result<bool> {
    one_at_a_time(tx, ctx).await?;
    Ok(documents::count::<T>(tx, ctx.environment, &Condition::Everything, most).await? < most)
}

/// Refuses when a record of type `T` refers to what is about to go.
///
/// # Errors
/// [`Error::Invalid`] with `CONSTRAINT_VIOLATION` and the message.
pub async fn refuse_while_used<T: Document>(
    tx: &mut Tx,
    ctx: &Ctx,
    column: &'static str,
    id: impl Into<Value>,
    message: &str,
) -> Result<()> {
    let used = documents::count::<T>(tx, ctx.environment, &Condition::equals(column, id), 1).await?;
    if used == 0 { Ok(()) } else { Err(constraint(message)) }
}

/// Removes all records of type `T` that belong to what is about to go.
///
/// # Errors
/// Those of the database.
pub async fn remove_owned<T: Document>(
    tx: &mut Tx,
    ctx: &Ctx,
    column: &'static str,
    id: impl Into<Value>,
) -> Result<()> {
    let condition = Condition::equals(column, id);
    loop {
        let select = documents::Select { condition: condition.clone(), after: None, limit: 500 };
        let owned = documents::list::<T>(tx, ctx.environment, &select).await?;
        if owned.is_empty() {
            return Ok(());
        }
        for record in owned {
            documents::delete::<T>(tx, ctx.environment, record.id).await?;
        }
    }
}

/// The default record of its type, by the column `is_default`.
///
/// # Errors
/// Those of the database.
pub async fn default_of<T: Document>(tx: &mut Tx, ctx: &Ctx) -> Result<Option<Stored<T>>> {
    Ok(documents::find_by::<T>(tx, ctx.environment, "is_default", Value::Int(1)).await?)
}

/// Takes the default flag from the record that has it, unless it is `keep`.
///
/// # Errors
/// Those of the database.
pub async fn hand_over_default<T: Document>(
    tx: &mut Tx,
    ctx: &Ctx,
    keep: T::Id,
    clear: fn(&mut T),
) -> Result<()> {
    if let Some(mut old) = default_of::<T>(tx, ctx).await?.filter(|old| old.id != keep) {
        clear(&mut old.body);
        documents::update(tx, &mut old, ctx.now).await?;
    }
    Ok(())
}

/// A rule between records that forbids the operation.
#[must_use]
pub fn constraint(message: &str) -> Error {
    Error::invalid(Problem::new(Code::ConstraintViolation, message))
}
