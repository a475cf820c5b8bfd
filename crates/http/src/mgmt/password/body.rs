//! The bodies of the password operations.

use std::sync::LazyLock;

use postern_core::problem::Problem;
use postern_core::schema::{Object, boolean, object, text};
use postern_core::secret::Secret;
use postern_engine::passwords::Origin;
use postern_engine::{Error, Result};
use serde_json::{Map, Value};

/// Longest password, in characters; more would make hashing a way to keep the server busy.
const MOST: usize = 1024;

/// What a PUT asks for.
pub(super) struct Wanted {
    pub(super) origin: Origin,
    /// The property that carries the new value.
    pub(super) target: &'static str,
    pub(super) value: Secret,
    pub(super) current: Option<Secret>,
}

/// `password.set`.
pub(super) fn set() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            text("value")
                .required()
                .max(MOST)
                .write_only()
                .doc("Clear text, or an encoded value such as {BCRYPT}…."),
            boolean("forceChange").default(false),
            boolean("bypassPolicy").default(false),
        ])
    });
    &BODY
}

/// `password.reset`.
pub(super) fn reset() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            text("currentPassword").max(MOST).write_only().doc("Needed from users who change their own."),
            text("newPassword").required().max(MOST).write_only(),
        ])
    });
    &BODY
}

/// Plain JSON: a set, or a reset.
pub(super) fn either() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            text("value").max(MOST).write_only(),
            boolean("forceChange").default(false),
            boolean("bypassPolicy").default(false),
            text("currentPassword").max(MOST).write_only(),
            text("newPassword").max(MOST).write_only(),
        ])
    });
    &BODY
}

/// `password.check`.
pub(super) fn check() -> &'static Object {
    static BODY: LazyLock<Object> =
        LazyLock::new(|| object(vec![text("password").required().max(MOST).write_only()]));
    &BODY
}

/// `password.recover`.
pub(super) fn recover() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            text("recoveryCode").required().max(64).write_only(),
            text("newPassword").required().max(MOST).write_only(),
        ])
    });
    &BODY
}

/// Reads a PUT by its shape. `own` is true for users who act on their own password: they must know it.
pub(super) fn read_change(sent: &Value, own: bool) -> Result<Wanted> {
    if sent.get("value").is_some_and(|value| !value.is_null()) && !own {
        let checked = set().check(sent, None).map_err(Error::Invalid)?;
        let flag = |name: &str| checked.get(name).and_then(Value::as_bool).unwrap_or_default();
        let origin = Origin::Set { force_change: flag("forceChange"), bypass_policy: flag("bypassPolicy") };
        return Ok(Wanted { origin, target: "value", value: secret(&checked, "value"), current: None });
    }
    let checked = reset().check(sent, None).map_err(Error::Invalid)?;
    let current = checked.contains_key("currentPassword").then(|| secret(&checked, "currentPassword"));
    if own && current.is_none() {
        return Err(Error::invalid(Problem::required("currentPassword")));
    }
    let origin = if current.is_some() { Origin::Own } else { Origin::Reset };
    Ok(Wanted { origin, target: "newPassword", value: secret(&checked, "newPassword"), current })
}

/// Reads a `password.check`.
pub(super) fn read_check(sent: &Value) -> Result<Secret> {
    let checked = check().check(sent, None).map_err(Error::Invalid)?;
    Ok(secret(&checked, "password"))
}

/// Reads a `password.recover`: the code and the new password.
pub(super) fn read_recover(sent: &Value) -> Result<(Secret, Secret)> {
    let checked = recover().check(sent, None).map_err(Error::Invalid)?;
    Ok((secret(&checked, "recoveryCode"), secret(&checked, "newPassword")))
}

fn secret(checked: &Map<String, Value>, name: &str) -> Secret {
    Secret::from(checked.get(name).and_then(Value::as_str).unwrap_or_default())
}
