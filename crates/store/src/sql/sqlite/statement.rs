//! Running one statement on a connection: parameters in, rows out.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement};
use uuid::Uuid;

use super::error::store_error;
use crate::sql::row::wrong;
use crate::sql::{Result, Row, StoreError, Value};

pub(crate) fn query(connection: &Connection, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
    query_noting(connection, sql, params).map(|(rows, _)| rows)
}

/// The rows, and whether the statement is one that only reads.
pub(crate) fn query_noting(connection: &Connection, sql: &str, params: &[Value]) -> Result<(Vec<Row>, bool)> {
    rows(connection, sql, params).map_err(|failure| failure.into_store_error(connection))
}

pub(crate) fn execute(connection: &Connection, sql: &str, params: &[Value]) -> Result<u64> {
    changes(connection, sql, params).map_err(|failure| failure.into_store_error(connection))
}

/// Begins or ends something.
pub(crate) fn control(connection: &Connection, sql: &str) -> Result<()> {
    execute(connection, sql, &[]).map(drop)
}

pub(crate) fn batch(connection: &Connection, sql: &str) -> Result<()> {
    connection.execute_batch(sql).map_err(|error| store_error(connection, &error))
}

/// SQLite's error is looked at only after the statement is reset, because naming
/// a violated index takes statements of its own.
enum Failure {
    Sqlite(rusqlite::Error),
    Ours(StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Failure {
    fn into_store_error(self, connection: &Connection) -> StoreError {
        match self {
            Self::Sqlite(error) => store_error(connection, &error),
            Self::Ours(error) => error,
        }
    }
}

fn rows(connection: &Connection, sql: &str, params: &[Value]) -> Result<(Vec<Row>, bool), Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, params)?;
    let only_read = statement.readonly();
    let columns = statement.column_count();
    let mut answer = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = answer.next()? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(value(column, row.get_ref(column)?).map_err(Failure::Ours)?);
        }
        rows.push(Row::new(values));
    }
    Ok((rows, only_read))
}

fn changes(connection: &Connection, sql: &str, params: &[Value]) -> Result<u64, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, params)?;
    Ok(statement.raw_execute()? as u64)
}

/// `$2` is a name to SQLite, numbered by first appearance; here it means the second parameter.
fn bind(statement: &mut Statement<'_>, params: &[Value]) -> Result<(), Failure> {
    let count = statement.parameter_count();
    if count != params.len() {
        let why = format!("the statement has {count} parameters, {} were given", params.len());
        return Err(Failure::Ours(StoreError::Unavailable(why)));
    }
    for index in 1..=count {
        let param = statement
            .parameter_name(index)
            .and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok()?.checked_sub(1))
            .and_then(|position| params.get(position))
            .ok_or_else(|| Failure::Ours(StoreError::unavailable("placeholders must be $1 to $n")))?;
        statement.raw_bind_parameter(index, param)?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Uuid(uuid) => ValueRef::Blob(uuid.as_bytes()),
        }))
    }
}

fn value(column: usize, value: ValueRef<'_>) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(str::from_utf8(text).map_err(|_| wrong(column))?.to_owned()),
        ValueRef::Blob(bytes) => {
            Uuid::from_slice(bytes).map_or_else(|_| Value::Bytes(bytes.to_vec()), Value::Uuid)
        }
        ValueRef::Real(_) => return Err(wrong(column)),
    })
}
