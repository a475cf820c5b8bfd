//! From the text of a filter to a condition on index columns.

use postern_core::filter::{self, Checked, FilterAttribute, Operator, Typed};
use postern_core::problem::{Code, Problem};
use postern_store::documents::{Condition, Op};
use postern_store::sql::Value;

use crate::Error;

/// Reads the `filter` parameter.
///
/// # Errors
/// [`Error::Malformed`] with `INVALID_FILTER`, naming what is supported.
pub fn parse(text: Option<&str>, attributes: &[FilterAttribute]) -> Result<Condition, Error> {
    let Some(text) = text else { return Ok(Condition::Everything) };
    let parsed = filter::parse(text).map_err(|error| {
        let message = format!("The filter cannot be read at position {}: {}", error.offset, error.message);
        Error::Malformed(vec![Problem::new(Code::InvalidFilter, message).at("filter")])
    })?;
    let checked = filter::check(&parsed, attributes).map_err(|problem| Error::Malformed(vec![problem]))?;
    Ok(condition(checked))
}

fn condition(checked: Checked) -> Condition {
    match checked {
        Checked::All(parts) => Condition::All(parts.into_iter().map(condition).collect()),
        Checked::Any(parts) => Condition::Any(parts.into_iter().map(condition).collect()),
        Checked::Not(part) => Condition::Not(Box::new(condition(*part))),
        Checked::Present { column } => Condition::Compare { column, op: Op::Present, value: Value::Null },
        Checked::Compare { column, op, value } => {
            Condition::Compare { column, op: operator(op), value: typed(value) }
        }
    }
}

const fn operator(operator: Operator) -> Op {
    match operator {
        Operator::Eq => Op::Eq,
        Operator::Ne => Op::Ne,
        Operator::Contains => Op::Contains,
        Operator::StartsWith => Op::StartsWith,
        Operator::EndsWith => Op::EndsWith,
        Operator::Gt => Op::Gt,
        Operator::Ge => Op::Ge,
        Operator::Lt => Op::Lt,
        Operator::Le => Op::Le,
        Operator::Present => Op::Present,
    }
}

fn typed(value: Typed) -> Value {
    match value {
        Typed::Text(text) => Value::Text(text),
        Typed::Int(number) => Value::Int(number),
        Typed::Uuid(uuid) => Value::Uuid(uuid),
    }
}
