//! Holds every answer of the API against PingOne's public OpenAPI files, where they are at hand.
//!
//! [`Client`](crate::Client) hands over each answer that it receives, so every story of every test is a contract
//! test. The files are not part of the project: they are looked for in `../shared/openapi` beside it, or in the
//! folder that `POSTERN_TEST_OPENAPI` names, and without them nothing is checked.
//!
//! Members, types, enums and formats are held against the files, and so is the status of success. Patterns and
//! lengths are not: they are about input. Where a file is wrong, [`exceptions`] says so.

mod alternatives;
mod answer;
mod exceptions;
mod formats;
mod operations;
mod schema;
mod source;
#[cfg(test)]
mod tests;

use http::Method;

use crate::Answer;
use operations::Operations;

/// Fails the test when the answer is not what the files promise.
pub(crate) fn hold(method: &Method, path: &str, answer: &Answer) {
    let Some(published) = source::published() else { return };
    let path = path.split('?').next().unwrap_or_default();
    let mismatches = answer::mismatches(published, method, path, answer);
    assert!(
        mismatches.is_empty(),
        "{method} {path} answered {}, which PingOne's clients do not expect:\n{}\n{}",
        answer.status,
        mismatches.join("\n"),
        answer.text,
    );
}

/// What the files say: one list of operations for each file.
pub(crate) struct Published {
    files: Vec<Operations>,
}
