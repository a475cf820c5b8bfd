//! SCIM filters (RFC 7644 section 3.4.2.2) as list operations take them.
//!
//! Owns the syntax tree, its text form, and the check of a filter against the
//! attributes a collection offers. Leaves SQL to the store: a [`Checked`]
//! filter names columns and holds typed values, nothing else.

mod check;
mod parse;
mod print;
#[cfg(test)]
mod tests;

pub use check::{AttributeKind, Checked, FilterAttribute, Typed, check};
pub use parse::{MAX_DEPTH, MAX_LENGTH, parse};

use crate::problem::{Code, Problem};

/// A filter as it was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Every part holds. The parser makes two parts or more.
    And(Vec<Self>),
    /// At least one part holds. The parser makes two parts or more.
    Or(Vec<Self>),
    /// The inner filter does not hold.
    Not(Box<Self>),
    /// `attribute operator value`.
    Compare {
        /// Path with dots, without a schema prefix, in the writer's spelling.
        attribute: String,
        /// Never [`Operator::Present`].
        op: Operator,
        /// The right side.
        value: Literal,
    },
    /// `attribute pr`.
    Present(String),
    /// `attribute[filter]`: one element of a list satisfies the inner filter.
    ValuePath {
        /// The list.
        attribute: String,
        /// Its paths are relative to an element.
        filter: Box<Self>,
    },
}

/// The right side of a comparison, a JSON scalar.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A JSON string.
    Text(String),
    /// A JSON number.
    Number(serde_json::Number),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`.
    Null,
}

/// A comparison of SCIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Contains,
    /// Starts with.
    StartsWith,
    /// Ends with.
    EndsWith,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
    /// Has a value; takes no right side.
    Present,
}

impl Operator {
    const ALL: [Self; 10] = [
        Self::Eq,
        Self::Ne,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Gt,
        Self::Ge,
        Self::Lt,
        Self::Le,
        Self::Present,
    ];

    /// The two letters of the filter language.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::EndsWith => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Present => "pr",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.word().eq_ignore_ascii_case(word))
    }
}

/// The text is not a filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at offset {offset}")]
pub struct FilterError {
    /// Bytes before the fault.
    pub offset: usize,
    /// What was wrong, for people.
    pub message: String,
}

impl From<FilterError> for Problem {
    fn from(error: FilterError) -> Self {
        Self::new(Code::InvalidFilter, error.to_string()).at("filter")
    }
}

/// Reads a filter and checks it against the attributes of a collection.
///
/// # Errors
/// A [`Code::InvalidFilter`] problem with target `filter`.
pub fn compile(text: &str, attributes: &[FilterAttribute]) -> Result<Checked, Problem> {
    check(&parse(text)?, attributes)
}

/// The form in which texts are compared and indexed without regard to case:
/// Unicode lower case, letter by letter.
///
/// The fold of a beginning is the beginning of the fold, which prefix searches
/// need; `str::to_lowercase` breaks that for a final sigma.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_lowercase).collect()
}
