//! The one error of the crate, in the words of the use cases.
//!
//! Each door renders it for its reader: PingOne's body, RFC 6749, a page. A
//! message never contains its source's; logs print the whole chain once.

use postern_core::problem::Problem;
use postern_core::time::Span;
use postern_store::sql::StoreError;

use crate::unique;

/// Why an operation did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or the caller may not know of it.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// The input breaks rules: every fault at once.
    #[error("the input is invalid")]
    Invalid(Vec<Problem>),
    /// The request cannot be understood: bad filter, bad cursor, action not possible now.
    #[error("the request is malformed")]
    Malformed(Vec<Problem>),
    /// The input is fine, but a rule of the system forbids the operation.
    #[error("the request was refused")]
    Refused(Box<Problem>),
    /// Another record holds the place.
    #[error("the request conflicts with another record")]
    Conflict(Box<Problem>),
    /// No valid proof of who is calling.
    #[error("the caller is not authenticated")]
    Unauthenticated,
    /// The caller may know of the thing but not do this to it.
    #[error("the caller lacks the permission")]
    Denied,
    /// A limit was reached; try again after the span.
    #[error("too many requests")]
    TooMany {
        /// What limit.
        problem: Box<Problem>,
        /// When to try again.
        retry_after: Span,
    },
    /// The database or a queue cannot take more now.
    #[error("temporarily unavailable")]
    Unavailable {
        /// When to try again.
        retry_after: Span,
    },
    /// A fault of ours.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A single invalid field.
    #[must_use]
    pub fn invalid(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }

    /// A rule that forbids the operation.
    #[must_use]
    pub fn refused(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }

    /// A fault of ours, with its cause for the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// Fails with [`Error::Invalid`] when there are problems.
    ///
    /// # Errors
    /// All the problems.
    pub fn unless_empty(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self::Invalid(problems)) }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Unavailable { retry_after: Span::seconds(1) },
            StoreError::Unavailable(_) => {
                tracing::error!(error = %error, "the database is unavailable");
                Self::Unavailable { retry_after: Span::seconds(2) }
            }
            StoreError::Conflict { ref index, .. } => match unique::problem(index) {
                Some(problem) => Self::invalid(problem),
                None => Self::internal(error),
            },
            other => Self::internal(other),
        }
    }
}

/// An answer whose effect is kept either way: a wrong code is refused, but the try counts.
///
/// Operations that return it let the transaction commit in both cases.
#[derive(Debug)]
#[must_use]
pub enum Verdict<T> {
    /// Done.
    Accepted(T),
    /// Not done, and that fact is recorded.
    Refused(Error),
}

impl<T> Verdict<T> {
    /// For the door, after the commit.
    ///
    /// # Errors
    /// The refusal.
    pub fn into_result(self) -> Result<T, Error> {
        match self {
            Self::Accepted(value) => Ok(value),
            Self::Refused(error) => Err(error),
        }
    }
}
