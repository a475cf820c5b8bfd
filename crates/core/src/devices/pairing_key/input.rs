//! What a client sends to get a pairing key.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::devices::input::PolicyChoice;
use crate::directory::reference::Reference;
use crate::ids::{ApplicationId, DevicePolicyId};
use crate::problem::Problem;
use crate::schema::{Object, list, nested, object, one_of, reference, uuid};

/// Most applications that one key can be for.
const MOST: usize = 50;

/// The body of `POST …/pairingKeys`.
pub fn schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            list("applications", reference("application"), MOST).doc(
                "Native applications that may claim the key; one object is taken like a list. Without any: every native \
                 application with a bundle id or package name and push credentials.",
            ),
            nested("policy", object(vec![uuid("id"), one_of("type", &["DEFAULT"])]))
                .doc("The device authentication policy that rules the pairing."),
        ])
    });
    &SCHEMA
}

/// A key that is wished for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewPairingKey {
    /// Applications that may claim it; every one that can be when empty.
    pub applications: Vec<ApplicationId>,
    /// The policy; the environment's default when absent.
    pub policy: Option<DevicePolicyId>,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    applications: Vec<Reference<ApplicationId>>,
    #[serde(default)]
    policy: PolicyChoice,
}

impl NewPairingKey {
    /// Reads the body.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn read(input: &Value) -> Result<Self, Vec<Problem>> {
        let body: Body = schema().read(&listed(input), None)?;
        Ok(Self {
            applications: body.applications.into_iter().map(|application| application.id).collect(),
            policy: body.policy.id,
        })
    }
}

/// PingOne's own client sends one object instead of a list, or an empty one.
fn listed(input: &Value) -> Value {
    let mut input = input.clone();
    if let Some(applications) = input.get_mut("applications")
        && applications.is_object()
    {
        let one = applications.take();
        *applications = match &one {
            Value::Object(members) if *members == Map::new() => Value::Array(Vec::new()),
            _ => Value::Array(vec![one]),
        };
    }
    input
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_application_is_taken_like_a_list() {
        let id = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";
        let one = NewPairingKey { applications: vec![id.parse().unwrap()], policy: None };
        for body in [json!({"applications": [{"id": id}]}), json!({"applications": {"id": id}})] {
            assert_eq!(NewPairingKey::read(&body), Ok(one.clone()), "{body}");
        }
        for body in [json!({}), json!({"applications": {}}), json!({"applications": []}), Value::Null] {
            assert_eq!(NewPairingKey::read(&body), Ok(NewPairingKey::default()), "{body}");
        }
    }

    #[test]
    fn faults_are_named() {
        let body = json!({"applications": [{"id": "x"}, {}], "policy": {"id": "y"}});
        let problems = NewPairingKey::read(&body).unwrap_err();
        let targets: Vec<_> = problems.iter().filter_map(|problem| problem.target.as_deref()).collect();
        assert_eq!(targets, ["applications[0].id", "applications[1].id", "policy.id"]);
    }
}
