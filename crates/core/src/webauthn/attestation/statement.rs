//! Members that several formats' statements have.

use super::super::WebauthnError;
use super::super::cbor::{Map, Value};

/// More certificates than any statement has.
const MAX_CERTIFICATES: usize = 8;

/// `sig`: bytes.
pub(super) fn signature<'a>(statement: &Map<'a>) -> Result<&'a [u8], WebauthnError> {
    bytes(statement, "sig")
}

/// `alg`: a COSE algorithm identifier.
pub(super) fn algorithm(statement: &Map<'_>) -> Result<i64, WebauthnError> {
    statement.named("alg").and_then(Value::integer).ok_or(WebauthnError::MalformedAttestationStatement)
}

/// `x5c`: one certificate or more, the attestation certificate first.
pub(super) fn certificates<'a>(statement: &Map<'a>) -> Result<(&'a [u8], Vec<&'a [u8]>), WebauthnError> {
    let found: Option<Vec<&'a [u8]>> = statement
        .named("x5c")
        .and_then(Value::array)
        .filter(|items| items.len() <= MAX_CERTIFICATES)
        .and_then(|items| items.iter().map(Value::bytes).collect());
    found
        .and_then(|all| all.first().copied().map(|first| (first, all)))
        .ok_or(WebauthnError::MalformedAttestationStatement)
}

/// A member that holds bytes.
pub(super) fn bytes<'a>(statement: &Map<'a>, name: &str) -> Result<&'a [u8], WebauthnError> {
    statement.named(name).and_then(Value::bytes).ok_or(WebauthnError::MalformedAttestationStatement)
}

/// Checks that the statement has just this many members: those that were read, and none that say something else.
pub(super) fn has_members(statement: &Map<'_>, count: usize) -> Result<(), WebauthnError> {
    if statement.len() == count { Ok(()) } else { Err(WebauthnError::MalformedAttestationStatement) }
}
