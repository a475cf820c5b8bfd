//! Which sign-on policies rule an application, in which order.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::directory::reference::Reference;
use crate::entity::Entity;
use crate::ids::{ApplicationId, SignOnAssignmentId, SignOnPolicyId};
use crate::schema::{Declared, Object, integer, object, reference};

/// A sign-on policy of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignOnAssignment {
    /// The application; set by the server.
    pub application: Reference<ApplicationId>,
    /// Lower goes first; from 1.
    pub priority: i64,
    /// The policy.
    pub sign_on_policy: Reference<SignOnPolicyId>,
}

impl Entity for SignOnAssignment {
    type Id = SignOnAssignmentId;
    const KIND: &'static str = "SIGN_ON_POLICY_ASSIGNMENT";
}

impl Declared for SignOnAssignment {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                reference("application").read_only(),
                integer("priority", 1, i64::from(i32::MAX)).whole().required().doc("Lower goes first."),
                reference("signOnPolicy").required(),
            ])
        });
        &SCHEMA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;
    use serde_json::json;

    const ID: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

    #[test]
    fn an_assignment_is_echoed() {
        let body = json!({"priority": 1, "signOnPolicy": {"id": ID}});
        let (assignment, _) =
            SignOnAssignment::read(&body, None, &[("application", json!({"id": ID}))]).unwrap();
        let wire = serde_json::to_value(assignment).unwrap();
        assert_eq!(wire, json!({"application": {"id": ID}, "priority": 1, "signOnPolicy": {"id": ID}}));
    }

    #[test]
    fn a_fraction_is_no_priority() {
        let problems = SignOnAssignment::read(&json!({"priority": 1.5}), None, &[]).unwrap_err();
        let found: Vec<_> =
            problems.iter().map(|problem| (problem.code, problem.target.as_deref().unwrap())).collect();
        assert_eq!(found, [(Code::InvalidValue, "priority"), (Code::RequiredValue, "signOnPolicy")]);
    }
}
