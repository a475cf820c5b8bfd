//! Rules for the rotation of the keys that sign tokens.
//!
//! Owns the record. Its keys live with the signing keys of the environment; which one signs now is theirs to say.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::crypto::x509::is_distinguished_name;
use crate::entity::Entity;
use crate::ids::KeyRotationPolicyId;
use crate::problem::{Code, Problem};
use crate::schema::{Declared, Object, boolean, integer, object, one_of, text};
use crate::time::Span;

/// Most policies of an environment.
pub const MOST_POLICIES: i64 = 5;

/// A key rotation policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRotationPolicy {
    /// Unique in the environment.
    pub name: String,
    /// Whom the certificates of its keys are about.
    pub dn: String,
    /// `RSA`.
    pub algorithm: String,
    /// The length of its keys in bits.
    pub key_length: i64,
    /// `SHA256withRSA`.
    pub signature_algorithm: String,
    /// `SIGNING`.
    pub usage_type: String,
    /// How many days a key signs.
    pub rotation_period: i64,
    /// How many days the certificate of a key is valid.
    pub validity_period: i64,
    /// Whether its keys are those of applications that name no policy.
    #[serde(default)]
    pub default: bool,
}

impl KeyRotationPolicy {
    /// The policy of a new environment.
    #[must_use]
    pub fn initial() -> Self {
        Self {
            name: "Default key rotation policy".to_owned(),
            dn: "CN=Postern".to_owned(),
            algorithm: "RSA".to_owned(),
            key_length: 2048,
            signature_algorithm: "SHA256withRSA".to_owned(),
            usage_type: "SIGNING".to_owned(),
            rotation_period: 90,
            validity_period: 365,
            default: true,
        }
    }

    /// How long a key signs.
    #[must_use]
    pub fn rotates_after(&self) -> Span {
        Span::days(self.rotation_period)
    }
}

impl Entity for KeyRotationPolicy {
    type Id = KeyRotationPolicyId;
    const KIND: &'static str = "KEY_ROTATION_POLICY";
}

impl Declared for KeyRotationPolicy {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("name").required().max(256),
                one_of("usageType", &["SIGNING"]).required(),
                boolean("default").read_only(),
                text("dn").required().pattern("a distinguished name", is_distinguished_name),
                one_of("algorithm", &["RSA"]).required(),
                integer("keyLength", 2048, 4096).required().doc("2048, 3072 or 4096."),
                integer("validityPeriod", 31, 36_500).default(365).doc("In days."),
                one_of("signatureAlgorithm", &["SHA256withRSA"]).required(),
                integer("rotationPeriod", 30, 36_499).default(90).doc("In days."),
            ])
        });
        &SCHEMA
    }

    fn fill(checked: &mut Map<String, Value>) {
        checked.entry("default").or_insert(Value::Bool(false));
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !matches!(self.key_length, 2048 | 3072 | 4096) {
            problems.push(Problem::invalid("keyLength", "must be 2048, 3072 or 4096"));
        }
        if self.rotation_period >= self.validity_period {
            let most = self.validity_period - 1;
            let problem =
                Problem::new(Code::OutOfRange, "must be shorter than validityPeriod").at("rotationPeriod");
            problems.push(problem.with("rangeMinimumValue", 30_i64).with("rangeMaximumValue", most));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_signs_for_less_than_its_certificate_is_valid() {
        let body = |rotation: i64, validity: i64| {
            json!({"name": "a", "dn": "CN=a", "algorithm": "RSA", "keyLength": 2048, "usageType": "SIGNING",
                "signatureAlgorithm": "SHA256withRSA", "rotationPeriod": rotation, "validityPeriod": validity})
        };
        assert!(KeyRotationPolicy::read(&body(90, 91), None, &[]).is_ok());
        let problems = KeyRotationPolicy::read(&body(90, 90), None, &[]).unwrap_err();
        assert_eq!(problems[0].target.as_deref(), Some("rotationPeriod"));
    }
}
