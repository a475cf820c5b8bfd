//! [`Filter`] to text. What is printed reads back as the same tree.

use std::fmt::{Display, Formatter, Result};

use super::{Filter, Literal};

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::And(parts) => joined(f, parts, " and "),
            Self::Or(parts) => joined(f, parts, " or "),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::Compare { attribute, op, value } => write!(f, "{attribute} {} {value}", op.word()),
            Self::Present(attribute) => write!(f, "{attribute} pr"),
            Self::ValuePath { attribute, filter } => write!(f, "{attribute}[{filter}]"),
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Filter], between: &str) -> Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        match part {
            Filter::And(_) | Filter::Or(_) => write!(f, "({part})")?,
            _ => write!(f, "{part}")?,
        }
    }
    Ok(())
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Text(text) => Display::fmt(&serde_json::Value::from(text.as_str()), f),
            Self::Number(number) => Display::fmt(number, f),
            Self::Boolean(truth) => Display::fmt(truth, f),
            Self::Null => f.write_str("null"),
        }
    }
}
