//! Conditions without a database: told from a record's values, taken apart, put together anew.

use std::cmp::Ordering;

use postern_core::entity::Stored;

use super::condition::{Condition, Op};
use super::document::Document;
use crate::sql::Value;

impl Condition {
    /// Whether a record meets the condition, by what its columns hold, as the database would say. A condition on rows
    /// of other tables is never met here.
    pub fn met_by(&self, held: &impl Fn(&str) -> Value) -> bool {
        match self {
            Self::Everything => true,
            Self::All(parts) => parts.iter().all(|part| part.met_by(held)),
            Self::Any(parts) => parts.iter().any(|part| part.met_by(held)),
            Self::Not(part) => !part.met_by(held),
            Self::Compare { column, op, value } => compare(&held(column), *op, value),
            Self::Among { .. } => false,
        }
    }

    /// Whether this record meets the condition.
    #[must_use]
    pub fn met_by_record<T: Document>(&self, record: &Stored<T>) -> bool {
        let values = record.index_values();
        self.met_by(&|name| match name {
            "id" => Value::id(record.id),
            "created_at" => record.created_at.into(),
            "updated_at" => record.updated_at.into(),
            name => {
                let place = T::COLUMNS.iter().position(|column| column.name == name);
                place.and_then(|place| values.get(place)).cloned().unwrap_or(Value::Null)
            }
        })
    }

    /// The condition with every comparison replaced.
    #[must_use]
    pub fn rewritten(self, compare: &impl Fn(&'static str, Op, Value) -> Self) -> Self {
        let all = |parts: Vec<Self>| parts.into_iter().map(|part| part.rewritten(compare)).collect();
        match self {
            Self::All(parts) => Self::All(all(parts)),
            Self::Any(parts) => Self::Any(all(parts)),
            Self::Not(part) => Self::Not(Box::new(part.rewritten(compare))),
            Self::Compare { column, op, value } => compare(column, op, value),
            same @ (Self::Everything | Self::Among { .. }) => same,
        }
    }

    /// What a column is compared with, wherever the condition does so.
    #[must_use]
    pub fn compared_with(&self, name: &str) -> Vec<&Value> {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().flat_map(|part| part.compared_with(name)).collect()
            }
            Self::Not(part) => part.compared_with(name),
            Self::Compare { column, value, .. } if *column == name => vec![value],
            Self::Everything | Self::Compare { .. } | Self::Among { .. } => Vec::new(),
        }
    }
}

/// Compares as the database does.
fn compare(held: &Value, op: Op, value: &Value) -> bool {
    match (held, op, value) {
        (Value::Text(held), Op::Present, _) => !held.is_empty(),
        (held, Op::Present, _) | (held, Op::Ne, Value::Null) => !held.is_null(),
        (held, Op::Eq, Value::Null) => held.is_null(),
        (Value::Null, Op::Ne, _) => true,
        (Value::Text(held), Op::StartsWith, Value::Text(value)) => held.starts_with(value.as_str()),
        (Value::Text(held), Op::EndsWith, Value::Text(value)) => held.ends_with(value.as_str()),
        (Value::Text(held), Op::Contains, Value::Text(value)) => held.contains(value.as_str()),
        (Value::Text(held), op, Value::Text(value)) => fits(held.cmp(value), op),
        (Value::Int(held), op, Value::Int(value)) => fits(held.cmp(value), op),
        (Value::Uuid(held), op, Value::Uuid(value)) => fits(held.cmp(value), op),
        _ => false,
    }
}

fn fits(order: Ordering, op: Op) -> bool {
    match op {
        Op::Eq => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::StartsWith | Op::EndsWith | Op::Contains | Op::Present => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(name: &str) -> Value {
        match name {
            "name_key" => "abc".into(),
            "size" => 3_i64.into(),
            _ => Value::Null,
        }
    }

    #[test]
    fn a_condition_is_met_as_in_the_database() {
        let table = [
            (Condition::compare("name_key", Op::StartsWith, "ab"), true),
            (Condition::compare("name_key", Op::EndsWith, "ab"), false),
            (Condition::compare("name_key", Op::Contains, "b"), true),
            (Condition::compare("size", Op::Ge, 3_i64), true),
            (Condition::compare("size", Op::Lt, 3_i64), false),
            (Condition::compare("missing", Op::Ne, "x"), true),
            (Condition::compare("missing", Op::Eq, Value::Null), true),
            (Condition::compare("missing", Op::Present, Value::Null), false),
            (Condition::Not(Box::new(Condition::compare("missing", Op::Gt, 1_i64))), true),
            (Condition::Any(Vec::new()), false),
            (Condition::All(Vec::new()), true),
        ];
        for (condition, met) in table {
            assert_eq!(condition.met_by(&held), met, "{condition:?}");
        }
    }

    #[test]
    fn comparisons_are_found_and_replaced_wherever_they_are() {
        let inner =
            Condition::Any(vec![Condition::equals("size", 1_i64), Condition::equals("name_key", "a")]);
        let condition = Condition::Not(Box::new(inner)).and(Condition::equals("size", 2_i64));
        assert_eq!(condition.compared_with("size"), [&Value::Int(1), &Value::Int(2)]);
        let without = condition.rewritten(&|_, _, _| Condition::Everything);
        assert!(without.compared_with("size").is_empty());
    }
}
