//! The bodies of the flow actions.

use std::sync::LazyLock;

use postern_core::ids::DeviceId;
use postern_core::problem::Problem;
use postern_core::schema::{Object, object, one_of, reference, text};
use postern_core::secret::Secret;
use postern_engine::{Error, Result};
use serde_json::{Map, Value};

/// Longest password, in characters.
const LONGEST: usize = 1024;

/// `usernamePassword.check`.
pub(super) fn credentials() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            text("username").max(256).doc("Not needed once the flow knows the user."),
            text("password").required().max(LONGEST).write_only(),
        ])
    });
    &BODY
}

/// `user.lookup` and `password.forgot`.
pub(super) fn name() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| object(vec![text("username").required().max(256)]));
    &BODY
}

/// `device.select`.
pub(super) fn device() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            reference("device").required(),
            one_of("compatibility", &["FULL", "SECURITY_KEY_ONLY", "NONE"]),
        ])
    });
    &BODY
}

/// `otp.check`.
pub(super) fn otp() -> &'static Object {
    static BODY: LazyLock<Object> =
        LazyLock::new(|| object(vec![text("otp").required().max(32).write_only()]));
    &BODY
}

/// `password.recover`.
pub(super) fn recovery() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            text("recoveryCode").required().max(64).write_only(),
            text("newPassword").required().max(LONGEST).write_only(),
        ])
    });
    &BODY
}

/// `password.reset`.
pub(super) fn change() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            text("currentPassword").required().max(LONGEST).write_only(),
            text("newPassword").required().max(LONGEST).write_only(),
        ])
    });
    &BODY
}

/// A checked body.
pub(super) struct Checked(Map<String, Value>);

impl Checked {
    /// Checks what was sent.
    ///
    /// # Errors
    /// Every problem at once.
    pub(super) fn read(schema: &Object, sent: &Value) -> Result<Self> {
        schema.check(sent, None).map(Self).map_err(Error::Invalid)
    }

    /// A text, empty when absent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A text, if it was sent.
    pub(super) fn sent(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A text to keep secret.
    pub(super) fn secret(&self, name: &str) -> Secret {
        Secret::from(self.text(name))
    }

    /// The id of the device.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is no id.
    pub(super) fn device(&self) -> Result<DeviceId> {
        let id = self.0.get("device").and_then(|device| device.get("id")).and_then(Value::as_str);
        id.and_then(|id| id.parse().ok())
            .ok_or_else(|| Error::invalid(Problem::invalid("device.id", "must be the id of a device")))
    }
}
