//! What is wrong with an input: one [`Problem`] per fault, each naming its field.
//!
//! Codes and members are PingOne's (error object of the platform API). Doors
//! put problems into the `details` array; nothing here decides a status.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Detail codes of PingOne's error object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the wire names are the documentation; see docs/reference/errors.md")]
pub enum Code {
    AccountNotUsable,
    ConstraintViolation,
    EmptyValue,
    ExtraOtpRequired,
    InsufficientPermissions,
    InvalidAssertion,
    InvalidFilter,
    InvalidOtp,
    InvalidParameter,
    InvalidToken,
    InvalidValue,
    LimitExceeded,
    NoPassword,
    NoUsableDevices,
    OutOfRange,
    PasswordLockedOut,
    QuotaExceeded,
    RequiredValue,
    SizeLimitExceeded,
    UniquenessViolation,
}

/// One fault of an input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of fault.
    pub code: Code,
    /// JSON path of the offending property, such as `sms.otp.failure.count` or `applications[0].id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// For people, in English.
    pub message: String,
    /// Bounds, allowed values and the like.
    #[serde(rename = "innerError", skip_serializing_if = "Map::is_empty", default)]
    pub inner: Map<String, Value>,
}

impl Problem {
    /// A fault of the given kind with its message, not tied to a field.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, target: None, message: message.into(), inner: Map::new() }
    }

    /// Names the field.
    #[must_use]
    pub fn at(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Names the field within that member.
    #[must_use]
    pub fn under(mut self, member: &str) -> Self {
        self.target = self.target.map(|target| format!("{member}.{target}"));
        self
    }

    /// Adds a member of `innerError`.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.inner.insert(key.to_owned(), value.into());
        self
    }

    /// Words it differently.
    #[must_use]
    pub fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// A value that has the wrong type, form or reference.
    pub fn invalid(target: &str, message: impl Into<String>) -> Self {
        Self::new(Code::InvalidValue, message).at(target)
    }

    /// A missing property.
    #[must_use]
    pub fn required(target: &str) -> Self {
        Self::new(Code::RequiredValue, "must be present").at(target)
    }

    /// An empty text where one is needed.
    #[must_use]
    pub fn empty(target: &str) -> Self {
        Self::new(Code::EmptyValue, "must not be empty").at(target)
    }

    /// A number outside `min..=max`.
    #[must_use]
    pub fn out_of_range(target: &str, min: i64, max: i64) -> Self {
        Self::new(Code::OutOfRange, format!("must be between {min} and {max}"))
            .at(target)
            .with("rangeMinimumValue", min)
            .with("rangeMaximumValue", max)
    }

    /// A text or list longer than `max`.
    #[must_use]
    pub fn too_long(target: &str, max: usize) -> Self {
        Self::new(Code::SizeLimitExceeded, format!("must not be longer than {max}"))
            .at(target)
            .with("maximumValue", max)
    }

    /// A value outside a fixed list.
    #[must_use]
    pub fn not_allowed(target: &str, allowed: &[&str]) -> Self {
        Self::new(Code::InvalidValue, format!("must be one of {}", allowed.join(", ")))
            .at(target)
            .with("allowedValues", json!(allowed))
    }

    /// A value that another record of the environment holds already.
    #[must_use]
    pub fn not_unique(target: &str) -> Self {
        Self::new(Code::UniquenessViolation, "is unique but a non-unique value is provided").at(target)
    }
}
