//! BROWSER devices: a browser that is to be remembered.

use serde_json::Value;

use super::given;
use crate::devices::browser::payload::{self, Payload};
use crate::problem::Problem;
use crate::schema::{Field, nested, object, text};

/// Longest id of a session, in characters.
pub const MAX_SESSION: usize = 200;

/// A browser to remember.
#[derive(Debug, Clone)]
pub struct BrowserWish {
    /// What the page found out about the browser.
    pub payload: Payload,
    /// The session to bind it to.
    pub session: Option<String>,
}

/// The members of the body.
pub fn fields() -> Vec<Field> {
    vec![
        text("payload")
            .max(payload::MOST)
            .multiline()
            .write_only()
            .doc("Needed by BROWSER: what the page found out about the browser."),
        nested("session", object(vec![text("id").required().max(MAX_SESSION)]))
            .write_only()
            .doc("BROWSER: the session that it is remembered in; checks must then name it."),
    ]
}

/// Reads what was sent. The policy must be named, since it says how long a browser is remembered.
pub fn read(members: &Value, problems: &mut Vec<Problem>) -> Option<BrowserWish> {
    let named = ["/policy/id", "/policy/type"].iter().any(|place| members.pointer(place).is_some());
    if !named {
        problems.push(Problem::required("policy.id"));
    }
    let payload = given("payload", members, problems).map(Payload::read);
    let session = members.pointer("/session/id").and_then(Value::as_str).map(str::to_owned);
    payload.filter(|_| named).map(|payload| BrowserWish { payload, session })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::NewDevice;
    use super::*;

    fn targets(body: &Value) -> Vec<String> {
        let problems = NewDevice::read(body).unwrap_err();
        problems.into_iter().filter_map(|problem| problem.target).collect()
    }

    #[test]
    fn a_browser_needs_a_payload_and_a_policy() {
        assert_eq!(targets(&json!({"type": "BROWSER"})), ["policy.id", "payload"]);
        let policy = json!({"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"});
        assert_eq!(targets(&json!({"type": "BROWSER", "payload": " ", "policy": policy})), ["payload"]);
        assert_eq!(
            targets(&json!({"type": "BROWSER", "payload": "x", "testMode": true, "policy": policy})),
            ["testMode"]
        );
        assert!(NewDevice::read(&json!({"type": "BROWSER", "payload": "x", "policy": policy})).is_ok());
        assert!(
            NewDevice::read(&json!({"type": "BROWSER", "payload": "x", "policy": {"type": "DEFAULT"}}))
                .is_ok()
        );
    }
}
