//! The four kinds of robots, and the body that makes one.

use std::sync::LazyLock;

use postern_core::problem::Problem;
use postern_core::schema::{self, Object, nested, object, one_of, reference, text};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::code_robot::{self, ButtonRobot, ClockRobot};
use super::passkey_robot::{self, PasskeyRobot};
use super::phone_robot::{Pairing, PhoneRobot};

/// A robot.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Robot {
    /// An authenticator application, or a token with a clock.
    Totp(ClockRobot),
    /// A token with a button.
    Hotp(ButtonRobot),
    /// An authenticator for passkeys.
    Passkey(PasskeyRobot),
    /// A phone with a paired application.
    Phone(Box<PhoneRobot>),
}

/// What is to be made.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// This one, as it stands.
    Ready(Robot),
    /// A phone, which is paired first.
    Phone(Pairing),
}

/// The body of `POST …/robots`.
pub(crate) fn schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        let phone = vec![
            text("pairingKey").max(64).doc("PHONE: what the user would type or scan."),
            reference("application").doc("PHONE: the native application that is on it."),
            nested(
                "push",
                object(vec![
                    one_of("provider", &["FCM", "APNS", "HMS"]).required(),
                    text("token").required().max(4096),
                ]),
            )
            .doc("PHONE: where pushes would reach it; without it the robot looks for them itself."),
        ];
        let kind = one_of("type", &["TOTP", "HOTP", "PASSKEY", "PHONE"]).required();
        let parts = [vec![kind], code_robot::fields(), passkey_robot::fields(), phone];
        object(parts.into_iter().flatten().collect())
    });
    &SCHEMA
}

impl Wanted {
    /// Reads the body.
    pub(super) fn read(input: &Value) -> Result<Self, Vec<Problem>> {
        let (checked, faults) = schema().examine(input, None);
        let members = Value::Object(checked);
        let mut problems = Vec::new();
        let wanted = match members.get("type").and_then(Value::as_str) {
            Some("TOTP") => ClockRobot::read(&members, &mut problems).map(Robot::Totp).map(Self::Ready),
            Some("HOTP") => ButtonRobot::read(&members, &mut problems).map(Robot::Hotp).map(Self::Ready),
            Some("PASSKEY") => Some(Self::Ready(Robot::Passkey(PasskeyRobot::read(&members)))),
            Some("PHONE") => Pairing::read(&members, &mut problems).map(Self::Phone),
            _ => None,
        };
        match (wanted, schema::join(faults, problems)) {
            (Some(wanted), problems) if problems.is_empty() => Ok(wanted),
            (_, problems) => Err(problems),
        }
    }
}

impl Robot {
    /// Its type, as it is written.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Totp(_) => "TOTP",
            Self::Hotp(_) => "HOTP",
            Self::Passkey(_) => "PASSKEY",
            Self::Phone(_) => "PHONE",
        }
    }

    /// What it can be told to do, as the last part of the path.
    pub(super) const fn acts(&self) -> &'static [&'static str] {
        match self {
            Self::Totp(_) | Self::Hotp(_) => &["code"],
            Self::Passkey(_) => &["register", "assert"],
            Self::Phone(_) => &["code", "look", "answer", "rotate-key", "unpair"],
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn targets(body: &Value) -> Vec<String> {
        let problems = Wanted::read(body).unwrap_err();
        problems.into_iter().filter_map(|problem| problem.target).collect()
    }

    #[test]
    fn each_kind_says_what_it_lacks() {
        assert_eq!(targets(&json!({})), ["type"]);
        assert_eq!(targets(&json!({"type": "SPOON"})), ["type"]);
        assert_eq!(targets(&json!({"type": "TOTP"})), ["secret"]);
        assert_eq!(targets(&json!({"type": "PHONE"})), ["pairingKey", "application.id"]);
        assert!(Wanted::read(&json!({"type": "PASSKEY"})).is_ok());
    }

    #[test]
    fn a_robot_comes_back_as_it_was_kept() {
        for body in [
            json!({"type": "TOTP", "secret": "GEZDGNBV"}),
            json!({"type": "HOTP", "secret": "313233", "counter": 9}),
            json!({"type": "PASSKEY", "backedUp": false}),
        ] {
            let Ok(Wanted::Ready(robot)) = Wanted::read(&body) else { panic!("{body}") };
            let kept = serde_json::to_value(&robot).unwrap();
            let again: Robot = serde_json::from_value(kept.clone()).unwrap();
            assert_eq!(serde_json::to_value(&again).unwrap(), kept);
            assert_eq!(kept["type"], body["type"]);
        }
    }
}
