//! FIDO policies of former times, for devices of the types SECURITY_KEY and PLATFORM (MFA contract 4.2).
//!
//! They are kept for clients that still manage them. No device is ruled by
//! them: new devices are of type FIDO2, with the policies of [`super::fido2_policy`].

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fido2_policy::{AllowedAuthenticator, MdsOption};
use crate::entity::Entity;
use crate::ids::FidoPolicyId;
use crate::problem::Problem;
use crate::schema::{Declared, Object, boolean, list, nested, object, one_of, text, words};

words! {
    /// Whether the authenticator keeps the credential.
    pub enum ResidentKey {
        Discouraged = "DISCOURAGED",
        Required = "REQUIRED",
    }
}

/// A FIDO policy of former times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FidoPolicy {
    /// Unique in the environment.
    pub name: String,
    /// For administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which authenticators are allowed.
    pub attestation_requirements: MdsOption,
    /// Those of `SPECIFIC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_authenticators: Option<Vec<AllowedAuthenticator>>,
    /// At each use too.
    pub enforce_during_authentication: bool,
    /// Whether the authenticator keeps the credential.
    pub resident_key_requirement: ResidentKey,
    /// At most one per environment.
    pub default: bool,
}

impl Entity for FidoPolicy {
    type Id = FidoPolicyId;
    const KIND: &'static str = "FIDO_POLICY";
}

impl Declared for FidoPolicy {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let allowed = nested("authenticator", object(vec![text("id").required().max(256)]));
            object(vec![
                text("name").required().max(256).doc("Unique in the environment."),
                text("description"),
                one_of("attestationRequirements", MdsOption::WORDS).required(),
                list("allowedAuthenticators", allowed, 1000).doc("Needed by SPECIFIC."),
                boolean("enforceDuringAuthentication").default(false),
                one_of("residentKeyRequirement", ResidentKey::WORDS).required(),
                boolean("default").default(false),
            ])
        });
        &SCHEMA
    }

    /// The list of authenticators is of no use to the other options.
    fn fill(checked: &mut Map<String, Value>) {
        if checked.get("attestationRequirements").is_none_or(|option| *option != MdsOption::Specific.as_str())
        {
            checked.remove("allowedAuthenticators");
        }
    }

    fn problems(&self) -> Vec<Problem> {
        let named = self.allowed_authenticators.as_ref().is_some_and(|list| !list.is_empty());
        if self.attestation_requirements == MdsOption::Specific && !named {
            return vec![Problem::required("allowedAuthenticators")];
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn specific_authenticators_must_be_named() {
        let body = |option: &str, allowed: Value| json!({"name": "Keys", "attestationRequirements": option, "residentKeyRequirement": "REQUIRED", "allowedAuthenticators": allowed});
        let read = |body: Value| FidoPolicy::read(&body, None, &[]);
        assert!(read(body("SPECIFIC", json!([{"id": "x"}]))).is_ok());
        let problems = read(body("SPECIFIC", json!([]))).unwrap_err();
        assert_eq!(problems[0].target.as_deref(), Some("allowedAuthenticators"));
        let (policy, _) = read(body("GLOBAL", json!([{"id": "x"}]))).unwrap();
        assert_eq!(policy.allowed_authenticators, None);
    }
}
