//! A robot with a phone: what it keeps, and how its user behaves.

use postern_core::ids::EnvironmentId;
use postern_core::mfa::push::request::Decision;
use postern_core::problem::Problem;
use postern_core::secret::Secret;
use postern_engine::Error;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::bytes::Bytes;
use crate::phone::{Kept, Phone, PhoneError};

/// Push requests that a robot remembers, so that they can be answered late.
const REMEMBERED: usize = 20;

/// What a phone needs to be paired.
#[derive(Debug, Clone)]
pub(super) struct Pairing {
    pub(super) pairing_key: Secret,
    pub(super) application: String,
    /// Where pushes would reach it.
    pub(super) push: Option<Value>,
}

/// A paired phone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhoneRobot {
    /// The native application on it.
    pub(super) application: String,
    /// PKCS#8.
    key: Bytes,
    /// The device that it is.
    pub(super) device: Option<String>,
    seed: Bytes,
    period: i64,
    /// The latest push requests that it saw, as they came.
    #[serde(default)]
    seen: Vec<Value>,
}

/// How the user answers a push request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reaction {
    pub(super) answer: Decision,
    /// The number on the screen.
    pub(super) number: Option<i64>,
    /// Picks or types another number than that on the screen.
    #[serde(default)]
    pub(super) wrong_number: bool,
    /// How often it is answered.
    pub(super) times: u8,
    /// Which request; the newest that waits where it is not said.
    pub(super) request: Option<String>,
}

impl Pairing {
    /// Reads the checked body.
    pub(super) fn read(members: &Value, problems: &mut Vec<Problem>) -> Option<Self> {
        let mut given = |name: &str, pointer: &str| {
            let text = members.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
            if text.is_none() {
                problems.push(Problem::required(name));
            }
            text.map(str::to_owned)
        };
        let (pairing_key, application) =
            (given("pairingKey", "/pairingKey"), given("application.id", "/application/id"));
        let push = members.get("push").cloned();
        Some(Self { pairing_key: Secret::new(pairing_key?), application: application?, push })
    }

    /// What the phone says about itself.
    pub(super) fn facts(&self) -> Value {
        let mut facts = json!({
            "os": { "type": "OTHER", "version": "1" },
            "model": { "name": "Robot" },
            "manufacturer": "Postern",
            "lockEnabled": true,
            "rooted": false,
        });
        if let (Some(push), Some(facts)) = (&self.push, facts.as_object_mut()) {
            facts.insert("push".to_owned(), push.clone());
        }
        facts
    }
}

impl PhoneRobot {
    /// Keeps a phone that was paired.
    pub(super) fn new(application: String, phone: &Phone) -> Result<Self, PhoneError> {
        let kept = phone.keep()?;
        Ok(Self {
            application,
            key: Bytes(kept.key),
            device: kept.device,
            seed: Bytes(kept.seed),
            period: kept.period,
            seen: Vec::new(),
        })
    }

    /// The phone, in working order.
    pub(super) fn phone(&self, environment: EnvironmentId) -> Result<Phone, PhoneError> {
        let kept = Kept {
            key: self.key.0.clone(),
            device: self.device.clone(),
            seed: self.seed.0.clone(),
            period: self.period,
        };
        Phone::restore(environment, &kept)
    }

    /// Takes over the key of a phone that has changed it.
    pub(super) fn take_key(&mut self, phone: &Phone) -> Result<(), PhoneError> {
        self.key = Bytes(phone.keep()?.key);
        Ok(())
    }

    /// Remembers push requests; the oldest are forgotten.
    pub(super) fn remember(&mut self, requests: &[Value]) {
        for request in requests {
            self.seen.retain(|seen| seen.get("id") != request.get("id"));
            self.seen.push(request.clone());
        }
        let surplus = self.seen.len().saturating_sub(REMEMBERED);
        self.seen.drain(..surplus);
    }

    /// A push request that it saw.
    pub(super) fn remembered(&self, id: &str) -> Option<&Value> {
        self.seen.iter().find(|seen| seen.get("id").and_then(Value::as_str) == Some(id))
    }
}

/// A number to pick or to type that is not the right one.
pub(super) fn other_number(request: &Value, right: i64) -> Option<i64> {
    let matching = request.get("numberMatching")?;
    let choices = matching.get("choices").and_then(Value::as_array);
    let other = choices.into_iter().flatten().filter_map(Value::as_i64).find(|choice| *choice != right);
    Some(other.unwrap_or(if right == 10 { 11 } else { 10 }))
}

/// What a phone cannot do, for who tells it to.
pub(super) fn failure(why: PhoneError) -> Error {
    match why {
        PhoneError::Key(_) => Error::internal(why),
        PhoneError::NotPaired | PhoneError::Answer => {
            Error::refused(Problem::new(postern_core::problem::Code::InvalidValue, why.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_number_is_among_the_choices_where_there_are_some() {
        let picked = json!({"numberMatching": {"type": "SELECT_NUMBER", "choices": [12, 34, 56]}});
        assert_eq!(other_number(&picked, 12), Some(34));
        assert_eq!(other_number(&picked, 34), Some(12));
        let typed = json!({"numberMatching": {"type": "ENTER_MANUALLY"}});
        assert_eq!((other_number(&typed, 10), other_number(&typed, 42)), (Some(11), Some(10)));
        assert_eq!(other_number(&json!({}), 10), None);
    }

    #[test]
    fn the_latest_twenty_requests_are_remembered_once_each() {
        let phone = Phone::new(EnvironmentId::NIL).unwrap();
        let mut robot = PhoneRobot::new("a".to_owned(), &phone).unwrap();
        let requests: Vec<Value> = (0..25).map(|id| json!({"id": id.to_string()})).collect();
        robot.remember(&requests);
        robot.remember(&requests[20..]);
        assert_eq!(robot.seen.len(), REMEMBERED);
        assert!(robot.remembered("4").is_none() && robot.remembered("5").is_some());
        let kept = serde_json::to_value(&robot).unwrap();
        let again: PhoneRobot = serde_json::from_value(kept).unwrap();
        assert!(again.phone(EnvironmentId::NIL).is_ok() && again.remembered("24").is_some());
    }
}
