//! A make of authenticator that an administrator added.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Entry;
use super::entry::certificate;
use crate::entity::Entity;
use crate::ids::AuthenticatorId;
use crate::problem::Problem;
use crate::schema::{Declared, Object, json, list, object, text, uuid};

/// Largest statement, in bytes of JSON; icons make them large.
const MAX_STATEMENT: usize = 256 * 1024;
/// Members of a statement that are not kept.
const DROPPED: [&str; 2] = ["legalHeader", "authenticatorVersion"];
/// Members of a statement that go by another name in answers.
const RENAMED: [(&str, &str); 2] = [
    ("isKeyRestricted", "keyRestricted"),
    ("isFreshUserVerificationRequired", "freshUserVerificationRequired"),
];
const STATEMENT: &str = "metadataStatement";
const KEY_IDENTIFIERS: &str = "attestationCertificateKeyIdentifiers";

/// A make of authenticator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomAuthenticator {
    /// The model, of FIDO2 authenticators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aaguid: Option<Uuid>,
    /// The attestation keys in hex, of U2F authenticators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attestation_certificate_key_identifiers: Option<Vec<String>>,
    /// What its maker says: a statement of the FIDO metadata service.
    pub metadata_statement: Map<String, Value>,
}

impl Entity for CustomAuthenticator {
    type Id = AuthenticatorId;
    const KIND: &'static str = "FIDO_METADATA";
}

impl CustomAuthenticator {
    /// What is known of the make.
    #[must_use]
    pub fn entry(&self) -> Option<Entry> {
        let identifiers = self.attestation_certificate_key_identifiers.clone().unwrap_or_default();
        Entry::new(self.aaguid, identifiers, Vec::new(), self.metadata_statement.clone())
    }

    /// Its name in policies and paths.
    #[must_use]
    pub fn identifier(&self) -> String {
        let first = || self.attestation_certificate_key_identifiers.iter().flatten().next();
        match self.aaguid {
            Some(aaguid) => aaguid.to_string(),
            None => first().map(|identifier| identifier.to_ascii_lowercase()).unwrap_or_default(),
        }
    }
}

impl Declared for CustomAuthenticator {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let identifier = text("identifier").max(40).pattern("^[0-9A-Fa-f]{40}$", is_key_identifier);
            object(vec![
                uuid("aaguid").doc("The model; for protocolFamily fido2."),
                list(KEY_IDENTIFIERS, identifier, 100)
                    .min(1)
                    .doc("The attestation keys; for protocolFamily u2f."),
                json(STATEMENT)
                    .required()
                    .max(MAX_STATEMENT)
                    .doc("A statement of the FIDO metadata service, version 3."),
            ])
        });
        &SCHEMA
    }

    fn input_problems(input: &Value) -> Vec<Problem> {
        match input.get(STATEMENT) {
            None | Some(Value::Null | Value::Object(_)) => Vec::new(),
            Some(_) => vec![Problem::invalid(STATEMENT, "must be a JSON object")],
        }
    }

    fn fill(checked: &mut Map<String, Value>) {
        let Some(statement) = checked.get_mut(STATEMENT) else { return };
        let Value::Object(statement) = statement else {
            // The fault is told; the rest of the body can still be looked at.
            *statement = Value::Object(Map::new());
            return;
        };
        for name in DROPPED {
            statement.shift_remove(name);
        }
        for (sent, shown) in RENAMED {
            if let Some(value) = statement.shift_remove(sent) {
                statement.insert(shown.to_owned(), value);
            }
        }
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let protocol = match (self.aaguid, &self.attestation_certificate_key_identifiers) {
            (Some(_), None) => "fido2",
            (None, Some(_)) => "u2f",
            (Some(_), Some(_)) => {
                problems.push(Problem::invalid(KEY_IDENTIFIERS, "cannot be given together with aaguid"));
                return problems;
            }
            (None, None) => return vec![Problem::required("aaguid")],
        };
        let statement = &self.metadata_statement;
        let text = |name: &str| statement.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        if text("description").is_none() {
            problems.push(Problem::required("metadataStatement.description"));
        }
        if text("protocolFamily") != Some(protocol) {
            problems.push(Problem::not_allowed("metadataStatement.protocolFamily", &[protocol]));
        }
        let said = text("aaguid").and_then(|text| Uuid::try_parse(text).ok());
        if said.is_some_and(|said| Some(said) != self.aaguid) {
            problems.push(Problem::invalid("metadataStatement.aaguid", "must be the same as aaguid"));
        }
        problems.extend(roots_problem(statement));
        problems
    }
}

fn roots_problem(statement: &Map<String, Value>) -> Option<Problem> {
    let target = "metadataStatement.attestationRootCertificates";
    let listed = statement.get("attestationRootCertificates")?;
    let Some(listed) = listed.as_array() else {
        return Some(Problem::invalid(target, "must be a list"));
    };
    let wrong = listed.iter().position(|item| item.as_str().and_then(certificate).is_none())?;
    Some(Problem::invalid(&format!("{target}[{wrong}]"), "is not a certificate in base64"))
}

fn is_key_identifier(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MODEL: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

    fn read(body: &Value) -> Result<CustomAuthenticator, Vec<String>> {
        let read = CustomAuthenticator::read(body, None, &[]).map(|(body, _)| body);
        read.map_err(|problems| problems.into_iter().filter_map(|problem| problem.target).collect())
    }

    fn statement(protocol: &str) -> Value {
        json!({"legalHeader": "terms", "description": "Key", "authenticatorVersion": 2, "protocolFamily": protocol,
            "isKeyRestricted": false, "cryptoStrength": 128, "isFreshUserVerificationRequired": false})
    }

    #[test]
    fn a_statement_is_kept_with_other_names_for_two_members() {
        let made = read(&json!({"aaguid": MODEL, "metadataStatement": statement("fido2")})).unwrap();
        let names: Vec<&str> = made.metadata_statement.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "description",
                "protocolFamily",
                "cryptoStrength",
                "keyRestricted",
                "freshUserVerificationRequired"
            ]
        );
        assert_eq!(made.identifier(), MODEL);
        assert_eq!(made.entry().unwrap().identifier, MODEL);
    }

    #[test]
    fn a_make_has_either_a_model_or_attestation_keys() {
        let key = "0123456789ABCDEF0123456789abcdef01234567";
        let u2f = read(&json!({KEY_IDENTIFIERS: [key], "metadataStatement": statement("u2f")})).unwrap();
        assert_eq!(u2f.identifier(), key.to_ascii_lowercase());
        for (body, target) in [
            (json!({"metadataStatement": statement("fido2")}), "aaguid"),
            (
                json!({"aaguid": MODEL, KEY_IDENTIFIERS: [key], "metadataStatement": statement("u2f")}),
                KEY_IDENTIFIERS,
            ),
            (
                json!({"aaguid": MODEL, "metadataStatement": statement("u2f")}),
                "metadataStatement.protocolFamily",
            ),
            (
                json!({KEY_IDENTIFIERS: ["12"], "metadataStatement": statement("u2f")}),
                "attestationCertificateKeyIdentifiers[0]",
            ),
            (json!({"aaguid": MODEL}), STATEMENT),
            (json!({"aaguid": MODEL, "metadataStatement": "no"}), STATEMENT),
        ] {
            assert!(read(&body).unwrap_err().iter().any(|found| found == target), "{body}");
        }
    }

    #[test]
    fn roots_must_be_certificates() {
        let mut body = json!({"aaguid": MODEL, "metadataStatement": statement("fido2")});
        body["metadataStatement"]["attestationRootCertificates"] = json!(["AAAA"]);
        assert_eq!(read(&body).unwrap_err(), ["metadataStatement.attestationRootCertificates[0]"]);
    }
}
