//! Records that many requests need and that seldom change, such as policies: read once, then only compared.
//!
//! A reading asks the database for the revision alone, inside its own transaction,
//! so nothing that has changed is ever taken from memory.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use postern_core::entity::Stored;
use postern_core::ids::{EnvironmentId, Id};
use postern_core::time::Timestamp;
use uuid::Uuid;

use super::document::Document;
use super::reading::{find, of_column};
use super::statements::Statements;
use crate::sql::{Result, Row, Tx, Value};

/// Records kept at most. Beyond, they are read anew.
const CAPACITY: usize = 4_096;

/// The records of one database.
#[derive(Default)]
pub(crate) struct Parsed(RwLock<HashMap<Key, Entry>>);

#[derive(PartialEq, Eq, Hash, Clone, Copy)]
struct Key {
    table: &'static str,
    environment: EnvironmentId,
    id: Uuid,
}

struct Entry {
    version: Version,
    record: Arc<dyn Any + Send + Sync>,
}

/// What no two states of a record share.
#[derive(PartialEq, Eq, Clone, Copy)]
struct Version {
    rev: i64,
    updated_at: Timestamp,
}

impl Parsed {
    fn get<T: Document>(&self, key: Key, version: Version) -> Option<Arc<Stored<T>>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let entry = all.get(&key).filter(|entry| entry.version == version)?;
        Arc::clone(&entry.record).downcast().ok()
    }

    fn put<T: Document>(&self, key: Key, record: &Arc<Stored<T>>) {
        let version = Version { rev: record.rev, updated_at: record.updated_at };
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= CAPACITY {
            all.clear();
        }
        all.insert(key, Entry { version, record: Arc::<Stored<T>>::clone(record) });
    }
}

/// The record with this id, shared with others who read it.
///
/// # Errors
/// As [`find`].
pub async fn find_parsed<T: Document>(
    tx: &mut Tx,
    environment: EnvironmentId,
    id: T::Id,
) -> Result<Option<Arc<Stored<T>>>> {
    let sql = &Statements::of::<T>().version;
    let row = tx.query_opt(sql, &[environment.into(), Value::id(id)]).await?;
    of_version(tx, environment, row).await
}

/// The oldest record with this value in one of its declared columns, shared with others who read it.
///
/// # Errors
/// As [`super::find_by`].
pub async fn find_parsed_by<T: Document>(
    tx: &mut Tx,
    environment: EnvironmentId,
    name: &'static str,
    value: Value,
) -> Result<Option<Arc<Stored<T>>>> {
    let sql = &of_column::<T>(name, &value)?.version;
    let row = tx.query_opt(sql, &[environment.into(), value]).await?;
    of_version(tx, environment, row).await
}

async fn of_version<T: Document>(
    tx: &mut Tx,
    environment: EnvironmentId,
    row: Option<Row>,
) -> Result<Option<Arc<Stored<T>>>> {
    let Some(row) = row else { return Ok(None) };
    let id: T::Id = row.id(0)?;
    let key = Key { table: T::TABLE, environment, id: id.uuid() };
    let version = Version { rev: row.int(1)?, updated_at: row.timestamp(2)? };
    if let Some(record) = tx.parsed().get(key, version) {
        return Ok(Some(record));
    }
    let Some(record) = find::<T>(tx, environment, id).await? else { return Ok(None) };
    let record = Arc::new(record);
    tx.parsed().put(key, &record);
    Ok(Some(record))
}
