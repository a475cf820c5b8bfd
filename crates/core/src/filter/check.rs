//! A filter against the attributes that a collection offers.
//!
//! Names become columns and literals become typed values; whatever the
//! collection does not offer is refused with the list of what it does.

use uuid::Uuid;

use super::{Filter, Literal, Operator, fold};
use crate::ids::parse_uuid;
use crate::problem::{Code, Problem};
use crate::time::Timestamp;

/// An attribute that may be filtered by.
#[derive(Debug, Clone, Copy)]
pub struct FilterAttribute {
    /// Its path on the wire, such as `name.family`. An element of a list is
    /// written with a dot: `memberOfGroups.id` serves `memberOfGroups[id eq "…"]`.
    pub name: &'static str,
    /// How literals are read.
    pub kind: AttributeKind,
    /// What may be asked, [`Operator::Present`] included.
    pub operators: &'static [Operator],
    /// The column that holds it.
    pub column: &'static str,
}

/// How the literals of an attribute are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeKind {
    /// Text, compared as it is.
    Text,
    /// Text, compared by its [`fold`]; the column holds folded text.
    TextFolded,
    /// A hyphenated UUID in quotes.
    Uuid,
    /// `true` or `false`, in quotes or not; the column holds 1 or 0.
    Boolean,
    /// ISO 8601 in quotes; the column holds microseconds.
    Timestamp,
    /// A whole number.
    Integer,
}

/// A filter that names columns. An empty `All` holds always, an empty `Any` never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// Every part holds.
    All(Vec<Self>),
    /// At least one part holds.
    Any(Vec<Self>),
    /// The inner filter does not hold.
    Not(Box<Self>),
    /// The column compares so with the value.
    Compare {
        /// Column of the table.
        column: &'static str,
        /// Never [`Operator::Present`].
        op: Operator,
        /// The right side.
        value: Typed,
    },
    /// The column is not null.
    Present {
        /// Column of the table.
        column: &'static str,
    },
}

/// A value of a column's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Text, folded where the attribute is.
    Text(String),
    /// A whole number, 0 or 1 for booleans, microseconds for times.
    Int(i64),
    /// An id.
    Uuid(Uuid),
}

/// Turns a filter into conditions on columns.
///
/// # Errors
/// A [`Code::InvalidFilter`] problem with target `filter`: an unknown attribute
/// (`supportedAttributes` in its inner error), an operator the attribute does
/// not have (`supportedOperators`), or a literal of the wrong type.
pub fn check(filter: &Filter, attributes: &[FilterAttribute]) -> Result<Checked, Problem> {
    Checker { attributes, list: None }.filter(filter)
}

/// What is on offer, and the list whose brackets enclose the current place.
struct Checker<'a> {
    attributes: &'a [FilterAttribute],
    list: Option<&'a str>,
}

impl Checker<'_> {
    fn filter(&self, filter: &Filter) -> Result<Checked, Problem> {
        match filter {
            Filter::And(_) | Filter::Not(_) if self.list.is_some() => {
                Err(invalid("within square brackets only single conditions joined by or are supported"))
            }
            Filter::And(parts) => self.parts(parts).map(Checked::All),
            Filter::Or(parts) => self.parts(parts).map(Checked::Any),
            Filter::Not(inner) => self.filter(inner).map(|inner| Checked::Not(Box::new(inner))),
            Filter::Compare { attribute, op, value } => self.compare(attribute, *op, value),
            Filter::Present(attribute) => {
                let found = self.find(attribute, Operator::Present)?;
                Ok(Checked::Present { column: found.column })
            }
            Filter::ValuePath { attribute, filter } => {
                Checker { attributes: self.attributes, list: Some(attribute) }.filter(filter)
            }
        }
    }

    fn parts(&self, parts: &[Filter]) -> Result<Vec<Checked>, Problem> {
        parts.iter().map(|part| self.filter(part)).collect()
    }

    fn compare(&self, path: &str, op: Operator, value: &Literal) -> Result<Checked, Problem> {
        let found = self.find(path, op)?;
        let column = found.column;
        match (op, value) {
            (Operator::Eq, Literal::Null) => return Ok(Checked::Not(Box::new(Checked::Present { column }))),
            (Operator::Ne, Literal::Null) => return Ok(Checked::Present { column }),
            _ => {}
        }
        match found.kind {
            AttributeKind::Timestamp => instant(value).map(|time| at_millisecond(column, op, time)),
            kind => typed(kind, value).map(|value| Checked::Compare { column, op, value }),
        }
        .ok_or_else(|| invalid(format!("{} cannot be compared with {value}", found.name)))
    }

    fn find(&self, path: &str, op: Operator) -> Result<&FilterAttribute, Problem> {
        let path = match self.list {
            Some(list) => format!("{list}.{path}"),
            None => path.to_owned(),
        };
        let Some(found) = self.attributes.iter().find(|known| known.name.eq_ignore_ascii_case(&path)) else {
            let names: Vec<&str> = self.attributes.iter().map(|known| known.name).collect();
            return Err(
                invalid(format!("filtering by {path} is not supported")).with("supportedAttributes", names)
            );
        };
        if !found.operators.contains(&op) {
            let words: Vec<&str> = found.operators.iter().map(|op| op.word()).collect();
            let message = format!("{} does not support the operator {}", found.name, op.word());
            return Err(invalid(message).with("supportedOperators", words));
        }
        Ok(found)
    }
}

fn invalid(message: impl Into<String>) -> Problem {
    Problem::new(Code::InvalidFilter, message).at("filter")
}

fn typed(kind: AttributeKind, value: &Literal) -> Option<Typed> {
    match (kind, value) {
        // PostgreSQL cannot hold NUL, so nothing stored compares with it.
        (_, Literal::Text(text)) if text.contains('\0') => None,
        (AttributeKind::Text, Literal::Text(text)) => Some(Typed::Text(text.clone())),
        (AttributeKind::TextFolded, Literal::Text(text)) => Some(Typed::Text(fold(text))),
        (AttributeKind::Uuid, Literal::Text(text)) => parse_uuid(text).ok().map(Typed::Uuid),
        (AttributeKind::Integer, Literal::Number(number)) => number.as_i64().map(Typed::Int),
        (AttributeKind::Boolean, Literal::Boolean(truth)) => Some(Typed::Int(i64::from(*truth))),
        (AttributeKind::Boolean, Literal::Text(text)) => {
            text.to_ascii_lowercase().parse::<bool>().ok().map(|truth| Typed::Int(i64::from(truth)))
        }
        _ => None,
    }
}

fn instant(value: &Literal) -> Option<Timestamp> {
    match value {
        Literal::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// Compares a stored time as the wire shows it, cut to the millisecond: a
/// client that sends back a date it was given must find that record.
fn at_millisecond(column: &'static str, op: Operator, time: Timestamp) -> Checked {
    let start = time.millis().saturating_mul(1_000);
    let after = start.saturating_add(1_000);
    let compare = |op, micros| Checked::Compare { column, op, value: Typed::Int(micros) };
    let within = || Checked::All(vec![compare(Operator::Ge, start), compare(Operator::Lt, after)]);
    match op {
        Operator::Eq => within(),
        Operator::Ne => Checked::Not(Box::new(within())),
        Operator::Gt => compare(Operator::Ge, after),
        Operator::Le => compare(Operator::Lt, after),
        other => compare(other, start),
    }
}
