//! Conditions on index columns, and their SQL.
//!
//! Every condition is true or false: a column without a value equals nothing,
//! differs from everything, and is neither above nor below anything.

use super::bounds::{end_of_prefix, escaped};
use super::document::{Column, ColumnKind, column};
use crate::sql::{Result, StoreError, Value};

/// What a record must meet.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Condition {
    /// Nothing.
    #[default]
    Everything,
    /// All of them; none given is true.
    All(Vec<Condition>),
    /// At least one of them; none given is false.
    Any(Vec<Condition>),
    /// The opposite.
    Not(Box<Condition>),
    /// A column against a value.
    Compare {
        /// A column of the type, or `id`, `created_at`, `updated_at`.
        column: &'static str,
        /// How.
        op: Op,
        /// Of the column's type and, for text, folded as the column is. Not looked at by [`Op::Present`].
        value: Value,
    },
    /// A row of another table of the tenant names the record: its id is in `member` where `owner` is the value.
    Among {
        /// The other table.
        table: &'static str,
        /// Its column with ids of records.
        member: &'static str,
        /// Its column that is compared.
        owner: &'static str,
        /// What that column equals.
        value: Value,
    },
}

/// How a column is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// The same; with [`Value::Null`], no value.
    Eq,
    /// Not the same, or no value.
    Ne,
    /// Above.
    Gt,
    /// Above or the same.
    Ge,
    /// Below.
    Lt,
    /// Below or the same.
    Le,
    /// Text that begins so.
    StartsWith,
    /// Text that ends so.
    EndsWith,
    /// Text that has it somewhere.
    Contains,
    /// Has a value; for text, one that is not empty.
    Present,
}

impl Condition {
    /// The column compared with the value.
    pub fn compare(column: &'static str, op: Op, value: impl Into<Value>) -> Self {
        Self::Compare { column, op, value: value.into() }
    }

    /// The column equals the value.
    pub fn equals(column: &'static str, value: impl Into<Value>) -> Self {
        Self::compare(column, Op::Eq, value)
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::All(vec![self, other])
    }

    /// Adds ` AND condition`, or nothing for [`Condition::Everything`].
    pub(crate) fn write_and(
        &self,
        table: &str,
        columns: &[Column],
        sql: &mut String,
        params: &mut Vec<Value>,
    ) -> Result<()> {
        if *self == Self::Everything {
            return Ok(());
        }
        sql.push_str(" AND ");
        Writer { table, columns, sql, params }.condition(self)
    }
}

const TRUE: &str = "1 = 1";
const FALSE: &str = "1 = 0";

/// Writes conditions at the end of a statement.
struct Writer<'a> {
    table: &'a str,
    columns: &'a [Column],
    sql: &'a mut String,
    params: &'a mut Vec<Value>,
}

impl Writer<'_> {
    fn condition(&mut self, condition: &Condition) -> Result<()> {
        match condition {
            Condition::Everything => self.text(TRUE),
            Condition::All(parts) => self.joined(parts, " AND ", TRUE)?,
            Condition::Any(parts) => self.joined(parts, " OR ", FALSE)?,
            Condition::Not(inner) => {
                // Without COALESCE the opposite of unknown would be unknown, not true.
                self.text("NOT COALESCE(");
                self.condition(inner)?;
                self.text(", FALSE)");
            }
            Condition::Compare { column, op, value } => self.comparison(column, *op, value)?,
            Condition::Among { table, member, owner, value } => {
                // The first parameter of every statement is the tenant.
                self.text(&format!("id IN (SELECT {member} FROM {table} WHERE env = $1 AND "));
                self.against(owner, "=", value.clone());
                self.text(")");
            }
        }
        Ok(())
    }

    fn joined(&mut self, parts: &[Condition], between: &str, empty: &str) -> Result<()> {
        if parts.is_empty() {
            self.text(empty);
            return Ok(());
        }
        for (number, part) in parts.iter().enumerate() {
            self.text(if number == 0 { "(" } else { between });
            self.condition(part)?;
        }
        self.text(")");
        Ok(())
    }

    fn comparison(&mut self, name: &str, op: Op, value: &Value) -> Result<()> {
        let Column { name, kind } = column(self.columns, name)
            .ok_or_else(|| StoreError::Unavailable(format!("{} has no column {name}", self.table)))?;
        if op != Op::Present && !kind.takes(value) {
            return Err(StoreError::Unavailable(format!("{}.{name} is of another type", self.table)));
        }
        match (op, value) {
            (Op::Present, _) if kind == ColumnKind::Text => {
                self.text(&format!("({name} IS NOT NULL AND {name} <> '')"));
            }
            (Op::Present, _) | (Op::Ne, Value::Null) => self.text(&format!("{name} IS NOT NULL")),
            (Op::Eq, Value::Null) => self.text(&format!("{name} IS NULL")),
            (_, Value::Null) => self.text(FALSE),
            (Op::Eq, _) => self.against(name, "=", value.clone()),
            (Op::Ne, _) => {
                self.text("(");
                self.against(name, "<>", value.clone());
                self.text(&format!(" OR {name} IS NULL)"));
            }
            (Op::Gt, _) => self.against(name, ">", value.clone()),
            (Op::Ge, _) => self.against(name, ">=", value.clone()),
            (Op::Lt, _) => self.against(name, "<", value.clone()),
            (Op::Le, _) => self.against(name, "<=", value.clone()),
            (Op::StartsWith, Value::Text(text)) => self.prefix(name, text),
            (Op::EndsWith, Value::Text(text)) => self.like(name, format!("%{}", escaped(text))),
            (Op::Contains, Value::Text(text)) => self.like(name, format!("%{}%", escaped(text))),
            (Op::StartsWith | Op::EndsWith | Op::Contains, _) => {
                return Err(StoreError::Unavailable(format!("{}.{name} is not text", self.table)));
            }
        }
        Ok(())
    }

    fn against(&mut self, name: &str, operator: &str, value: Value) {
        let place = self.place(value);
        self.text(&format!("{name} {operator} ${place}"));
    }

    /// A range, which an index can serve on both databases; a pattern from a parameter cannot be served.
    fn prefix(&mut self, name: &str, prefix: &str) {
        self.text("(");
        self.against(name, ">=", prefix.into());
        if let Some(end) = end_of_prefix(prefix) {
            self.text(" AND ");
            self.against(name, "<", end.into());
        }
        self.text(")");
    }

    fn like(&mut self, name: &str, pattern: String) {
        let place = self.place(pattern.into());
        self.text(&format!("{name} LIKE ${place} ESCAPE '\\'"));
    }

    /// The number of a new parameter.
    fn place(&mut self, value: Value) -> usize {
        self.params.push(value);
        self.params.len()
    }

    fn text(&mut self, text: &str) {
        self.sql.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(condition: &Condition) -> Result<String> {
        let columns = [Column::text("name_key"), Column::int("enabled")];
        let (mut sql, mut params) = (String::new(), vec![Value::Null]);
        condition.write_and("thing", &columns, &mut sql, &mut params)?;
        Ok(sql)
    }

    #[test]
    fn nested_conditions_keep_their_brackets() {
        let either =
            Condition::Any(vec![Condition::equals("enabled", 1), Condition::equals("name_key", "a")]);
        let both = Condition::Not(Box::new(either)).and(Condition::compare("name_key", Op::StartsWith, "b"));
        assert_eq!(
            sql(&both).unwrap(),
            " AND (NOT COALESCE((enabled = $2 OR name_key = $3), FALSE) AND (name_key >= $4 AND name_key < $5))"
        );
    }

    #[test]
    fn an_unknown_column_or_a_value_of_another_type_is_refused() {
        assert!(sql(&Condition::equals("name", "a")).is_err());
        assert!(sql(&Condition::equals("enabled", "a")).is_err());
        assert!(sql(&Condition::compare("enabled", Op::Contains, 1)).is_err());
    }

    #[test]
    fn rows_of_another_table_are_of_the_same_tenant() {
        let among = Condition::Among { table: "tag", member: "thing_id", owner: "name", value: "a".into() };
        assert_eq!(
            sql(&among).unwrap(),
            " AND id IN (SELECT thing_id FROM tag WHERE env = $1 AND name = $2)"
        );
    }

    #[test]
    fn everything_adds_nothing() {
        assert_eq!(sql(&Condition::Everything).unwrap(), "");
    }
}
