//! One make of authenticator, published or added: its names, its roots, what is said of it.

use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Map, Value};
use uuid::Uuid;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use crate::crypto::sha1;

/// Reports after which nobody should rely on a make.
const COMPROMISED: [&str; 5] = [
    "REVOKED",
    "USER_VERIFICATION_BYPASS",
    "ATTESTATION_KEY_COMPROMISE",
    "USER_KEY_REMOTE_COMPROMISE",
    "USER_KEY_PHYSICAL_COMPROMISE",
];
/// How the reports of certified makes begin.
const CERTIFIED: &str = "FIDO_CERTIFIED";

/// What is known of a make.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name in policies and paths: the AAGUID, or the first key identifier.
    pub identifier: String,
    /// The model of FIDO2 authenticators.
    pub aaguid: Option<Uuid>,
    /// The attestation keys of U2F authenticators, in hex.
    pub key_identifiers: Vec<String>,
    /// Certificates that vouch for it, in DER.
    pub roots: Vec<Vec<u8>>,
    /// Words of the reports about it, in the order they came.
    pub statuses: Vec<String>,
    /// Everything its maker says.
    pub statement: Map<String, Value>,
}

impl Entry {
    /// An entry from its names and its statement; nothing without a name.
    #[must_use]
    pub fn new(
        aaguid: Option<Uuid>,
        key_identifiers: Vec<String>,
        statuses: Vec<String>,
        statement: Map<String, Value>,
    ) -> Option<Self> {
        let mut key_identifiers = key_identifiers;
        key_identifiers.iter_mut().for_each(|identifier| identifier.make_ascii_lowercase());
        let identifier = match (aaguid, key_identifiers.first()) {
            (Some(aaguid), _) => aaguid.to_string(),
            (None, Some(first)) => first.clone(),
            (None, None) => return None,
        };
        let roots = roots(&statement);
        Some(Self { identifier, aaguid, key_identifiers, roots, statuses, statement })
    }

    /// Whether a report says that the make is broken or withdrawn.
    #[must_use]
    pub fn is_compromised(&self) -> bool {
        self.statuses.iter().any(|status| COMPROMISED.contains(&status.as_str()))
    }

    /// Whether the FIDO Alliance certified it, and has not taken that back.
    #[must_use]
    pub fn is_certified(&self) -> bool {
        self.statuses.iter().any(|status| status.starts_with(CERTIFIED)) && !self.is_compromised()
    }
}

/// The certificates of a statement; those that are not base64 are none.
fn roots(statement: &Map<String, Value>) -> Vec<Vec<u8>> {
    let listed = statement.get("attestationRootCertificates").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_str).filter_map(certificate).collect()
}

/// The DER of a certificate in base64; published lists break lines.
pub(super) fn certificate(text: &str) -> Option<Vec<u8>> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let der = BASE64.decode(compact.as_bytes()).ok()?;
    is_certificate(&der).then_some(der)
}

fn is_certificate(der: &[u8]) -> bool {
    X509Certificate::from_der(der).is_ok_and(|(rest, _)| rest.is_empty())
}

/// The name by which metadata know the key of a certificate (DER): the SHA-1 of its public key, in hex.
#[must_use]
pub fn key_identifier(der: &[u8]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    Some(HEXLOWER.encode(&sha1(&certificate.public_key().subject_public_key.data)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(statuses: &[&str]) -> Entry {
        let statuses = statuses.iter().map(|status| (*status).to_owned()).collect();
        Entry::new(Some(Uuid::from_bytes([7; 16])), Vec::new(), statuses, Map::new()).unwrap()
    }

    #[test]
    fn an_entry_is_named_by_its_model_or_its_first_key() {
        assert_eq!(entry(&[]).identifier, "07070707-0707-0707-0707-070707070707");
        let u2f = Entry::new(None, vec!["AB".repeat(20), "cd".repeat(20)], Vec::new(), Map::new()).unwrap();
        assert_eq!(u2f.identifier, "ab".repeat(20));
        assert_eq!(Entry::new(None, Vec::new(), Vec::new(), Map::new()), None);
    }

    #[test]
    fn a_broken_make_is_certified_no_more() {
        assert!(entry(&["NOT_FIDO_CERTIFIED", "FIDO_CERTIFIED_L1"]).is_certified());
        assert!(!entry(&["NOT_FIDO_CERTIFIED"]).is_certified());
        assert!(!entry(&["SELF_ASSERTION_SUBMITTED"]).is_certified());
        let broken = entry(&["FIDO_CERTIFIED_L2", "USER_VERIFICATION_BYPASS"]);
        assert!(broken.is_compromised() && !broken.is_certified());
    }

    #[test]
    fn roots_are_read_across_line_breaks_and_other_text_is_none() {
        let key = rcgen::KeyPair::generate().unwrap();
        let der = rcgen::CertificateParams::default().self_signed(&key).unwrap().der().to_vec();
        let text = BASE64.encode(&der);
        let (first, rest) = text.split_at(40);
        let statement = json!({"attestationRootCertificates": [format!("{first}\n{rest}"), "%%", "AAAA", 7]});
        let statement = statement.as_object().unwrap().clone();
        let entry = Entry::new(Some(Uuid::nil()), Vec::new(), Vec::new(), statement).unwrap();
        assert_eq!(entry.roots, std::slice::from_ref(&der));
        assert_eq!(key_identifier(&der).unwrap().len(), 40);
        assert_eq!(key_identifier(b"no"), None);
    }
}
