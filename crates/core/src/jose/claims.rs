//! The claims of a JWT and the checks every token needs.
//!
//! A claim of the wrong type is an error and never skipped: a token whose
//! `exp` is a text would otherwise never expire.

use serde_json::{Map, Value};

use super::unique::UniqueObject;
use crate::time::{Span, Timestamp};

/// The claims set of a token, in the order it was sent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Claims(Map<String, Value>);

/// Claims could not be read, or do not hold now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    /// The payload is not a JSON object that names each member once.
    #[error("the payload is not a JSON object with unique names")]
    NotAnObject,
    /// This claim has a type it may not have.
    #[error("the claim {0} has the wrong type")]
    WrongType(&'static str),
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is still to come.
    #[error("the token is not valid yet")]
    NotYetValid,
}

impl Claims {
    /// Reads a payload.
    ///
    /// # Errors
    /// [`ClaimsError::NotAnObject`] for anything but a JSON object without repeated names.
    pub fn parse(payload: &[u8]) -> Result<Self, ClaimsError> {
        let object: UniqueObject = serde_json::from_slice(payload).map_err(|_| ClaimsError::NotAnObject)?;
        Ok(Self(object.0))
    }

    /// A claim as it is.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A claim that is a text; nothing when it is absent or another type.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// `iss`, when it is a text.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// `sub`, when it is a text.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// Whether `aud`, a text or a list, names this audience.
    #[must_use]
    pub fn audience_contains(&self, audience: &str) -> bool {
        match self.get("aud") {
            Some(Value::String(only)) => only == audience,
            Some(Value::Array(several)) => several.iter().any(|one| one.as_str() == Some(audience)),
            _ => false,
        }
    }

    /// `exp`, when present.
    ///
    /// # Errors
    /// [`ClaimsError::WrongType`] when it is not a number.
    pub fn expiry(&self) -> Result<Option<Timestamp>, ClaimsError> {
        self.moment("exp")
    }

    /// `iat`, when present.
    ///
    /// # Errors
    /// [`ClaimsError::WrongType`] when it is not a number.
    pub fn issued_at(&self) -> Result<Option<Timestamp>, ClaimsError> {
        self.moment("iat")
    }

    /// Checks `exp` and `nbf` where present; a clock may differ by `leeway`.
    /// Whether `exp` must be present is the caller's rule; see [`Self::expiry`].
    ///
    /// # Errors
    /// [`ClaimsError`] when expired, not yet valid, or either is not a number.
    pub fn check_times(&self, now: Timestamp, leeway: Span) -> Result<(), ClaimsError> {
        let expiry = self.expiry()?;
        let not_before = self.moment("nbf")?;
        if expiry.is_some_and(|expiry| now.minus(leeway) >= expiry) {
            return Err(ClaimsError::Expired);
        }
        if not_before.is_some_and(|start| now.plus(leeway) < start) {
            return Err(ClaimsError::NotYetValid);
        }
        Ok(())
    }

    /// All claims.
    #[must_use]
    pub fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// All claims, taken out.
    #[must_use]
    pub fn into_members(self) -> Map<String, Value> {
        self.0
    }

    /// A NumericDate: seconds since the epoch, with or without a fraction.
    fn moment(&self, name: &'static str) -> Result<Option<Timestamp>, ClaimsError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        if let Some(seconds) = value.as_i64() {
            return Ok(Some(Timestamp::from_seconds(seconds)));
        }
        let seconds = value.as_f64().ok_or(ClaimsError::WrongType(name))?;
        #[expect(clippy::cast_possible_truncation, reason = "the cast stops at the first and last moment")]
        Ok(Some(Timestamp::from_micros((seconds * 1e6) as i64)))
    }
}

impl From<Map<String, Value>> for Claims {
    fn from(members: Map<String, Value>) -> Self {
        Self(members)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn claims(json: &str) -> Claims {
        Claims::parse(json.as_bytes()).unwrap()
    }

    fn check(json: &str, now: i64) -> Result<(), ClaimsError> {
        claims(json).check_times(Timestamp::from_seconds(now), Span::seconds(10))
    }

    #[test]
    fn an_audience_is_a_text_or_a_list() {
        assert!(claims(r#"{"aud":"a"}"#).audience_contains("a"));
        assert!(claims(r#"{"aud":["b","a"]}"#).audience_contains("a"));
        for json in
            [r#"{}"#, r#"{"aud":"ab"}"#, r#"{"aud":["b",["a"]]}"#, r#"{"aud":{"a":1}}"#, r#"{"aud":null}"#]
        {
            assert!(!claims(json).audience_contains("a"), "{json}");
        }
    }

    #[test]
    fn a_token_expires_at_exp_plus_leeway() {
        assert_eq!(check(r#"{"exp":100}"#, 109), Ok(()));
        assert_eq!(check(r#"{"exp":100}"#, 110), Err(ClaimsError::Expired));
        assert_eq!(check(r#"{"exp":100.5}"#, 110), Ok(()));
        assert_eq!(check(r#"{"exp":-5}"#, 110), Err(ClaimsError::Expired));
    }

    #[test]
    fn a_token_begins_at_nbf_minus_leeway() {
        assert_eq!(check(r#"{"nbf":100}"#, 90), Ok(()));
        assert_eq!(check(r#"{"nbf":100}"#, 89), Err(ClaimsError::NotYetValid));
    }

    #[test]
    fn times_of_the_wrong_type_are_errors() {
        for value in [r#""100""#, "null", "true", "[100]", "{}"] {
            assert_eq!(check(&format!(r#"{{"exp":{value}}}"#), 0), Err(ClaimsError::WrongType("exp")));
            assert_eq!(check(&format!(r#"{{"nbf":{value}}}"#), 0), Err(ClaimsError::WrongType("nbf")));
        }
    }

    #[test]
    fn enormous_times_do_not_wrap() {
        assert_eq!(check(r#"{"exp":18446744073709551615,"nbf":-9223372036854775808}"#, 1), Ok(()));
        assert_eq!(check(r#"{"exp":1e300}"#, 1), Ok(()));
        assert_eq!(check(r#"{"exp":-1e300}"#, 1), Err(ClaimsError::Expired));
        assert_eq!(check(r#"{"nbf":1e300}"#, 1), Err(ClaimsError::NotYetValid));
    }

    #[test]
    fn repeated_names_and_other_payloads_are_refused() {
        for payload in [r#"{"sub":"a","sub":"b"}"#, "[]", "1", "", "{", r#"{"a":1}x"#, r#"{"exp":1e999}"#] {
            assert_eq!(Claims::parse(payload.as_bytes()), Err(ClaimsError::NotAnObject), "{payload}");
        }
    }

    proptest! {
        #[test]
        fn no_payload_panics(payload in proptest::collection::vec(any::<u8>(), 0..100), exp in any::<f64>()) {
            let _ = Claims::parse(&payload);
            let _ = check(&serde_json::json!({"exp": exp, "nbf": exp}).to_string(), 0);
        }
    }
}
