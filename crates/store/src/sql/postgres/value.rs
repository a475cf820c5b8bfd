//! Values in PostgreSQL's binary form. The server says which type it wants or
//! has, and the value adapts.

use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, WrongType, to_sql_checked};
use uuid::Uuid;

use crate::sql::{Result, Row, StoreError, Value};

type Failure = Box<dyn Error + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => int_to_sql(*number, wanted, out),
            Self::Text(text) if <&str as ToSql>::accepts(wanted) => text.as_str().to_sql(wanted, out),
            Self::Bytes(bytes) if *wanted == Type::UUID => Uuid::from_slice(bytes)?.to_sql(wanted, out),
            Self::Bytes(bytes) if *wanted == Type::BYTEA => bytes.as_slice().to_sql(wanted, out),
            Self::Uuid(uuid) if *wanted == Type::UUID => uuid.to_sql(wanted, out),
            Self::Uuid(uuid) if *wanted == Type::BYTEA => uuid.as_bytes().as_slice().to_sql(wanted, out),
            Self::Text(_) => Err(Box::new(WrongType::new::<String>(wanted.clone()))),
            Self::Bytes(_) => Err(Box::new(WrongType::new::<Vec<u8>>(wanted.clone()))),
            Self::Uuid(_) => Err(Box::new(WrongType::new::<Uuid>(wanted.clone()))),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn int_to_sql(number: i64, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
    match *wanted {
        Type::INT8 => number.to_sql(wanted, out),
        Type::INT4 => i32::try_from(number)?.to_sql(wanted, out),
        Type::INT2 => i16::try_from(number)?.to_sql(wanted, out),
        _ => Err(Box::new(WrongType::new::<i64>(wanted.clone()))),
    }
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(has: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        Ok(match *has {
            Type::INT8 => Self::Int(i64::from_sql(has, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(has, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(has, raw)?.into()),
            Type::BOOL => Self::Int(bool::from_sql(has, raw)?.into()),
            Type::UUID => Self::Uuid(Uuid::from_sql(has, raw)?),
            Type::BYTEA => Self::Bytes(raw.to_vec()),
            _ => Self::Text(String::from_sql(has, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self::Null)
    }

    fn accepts(has: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::INT2, Type::BOOL, Type::UUID, Type::BYTEA].contains(has)
            || <String as FromSql>::accepts(has)
    }
}

/// Parameters as the driver takes them.
pub(crate) fn params(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

pub(crate) fn rows(rows: &[tokio_postgres::Row]) -> Result<Vec<Row>> {
    rows.iter().map(row).collect()
}

fn row(row: &tokio_postgres::Row) -> Result<Row> {
    let values: Result<Vec<Value>, _> = (0..row.len()).map(|column| row.try_get(column)).collect();
    values.map(Row::new).map_err(StoreError::unavailable)
}
