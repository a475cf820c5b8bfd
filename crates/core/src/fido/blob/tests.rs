//! Lists that a root of our own signs.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use data_encoding::BASE64;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const MODEL: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";
const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

struct Publisher {
    root: Vec<u8>,
    leaf: Vec<u8>,
    key: KeyPair,
}

fn publisher(host: &str) -> Publisher {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    Publisher { root: authority.der().to_vec(), leaf: leaf.der().to_vec(), key }
}

impl Publisher {
    fn sign(&self, payload: &Value) -> String {
        let header = json!({"alg": "ES256", "typ": "JWT", "x5c": [BASE64.encode(&self.leaf)]});
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&header), part(payload));
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.key.serialize_der()).unwrap();
        let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    }
}

fn payload() -> Value {
    json!({"legalHeader": "terms", "no": 42, "nextUpdate": "2027-01-01", "entries": [
        {"aaguid": MODEL, "metadataStatement": {"description": "Key"}, "statusReports": [{"status": "FIDO_CERTIFIED_L1"}],
            "timeOfLastStatusChange": "2026-01-01"},
        {"attestationCertificateKeyIdentifiers": [KEY], "metadataStatement": {"description": "Old key"}, "statusReports": []},
        {"aaid": "1234#5678", "metadataStatement": {"description": "UAF"}, "statusReports": []},
    ]})
}

#[test]
fn a_signed_list_is_read() {
    let publisher = publisher(ISSUER);
    let text = publisher.sign(&payload());
    let list = Catalogue::read(&format!("{text}\n"), std::slice::from_ref(&publisher.root), NOW).unwrap();
    assert_eq!((list.number(), list.next_update(), list.entries().len()), (42, "2027-01-01", 2));
    assert!(list.find(MODEL).unwrap().is_certified());
    assert_eq!(list.find(&KEY.to_uppercase()).unwrap().identifier, KEY);
    assert!(list.find("1234#5678").is_none());
}

#[test]
fn a_list_of_somebody_else_is_not_taken() {
    let ours = publisher(ISSUER);
    let read =
        |text: &str, root: &Vec<u8>| Catalogue::read(text, std::slice::from_ref(root), NOW).map(|_| ());
    let other = publisher("mds.example.com");
    assert_eq!(read(&other.sign(&payload()), &other.root), Err(BlobError::Issuer));
    let stranger = publisher(ISSUER);
    assert_eq!(read(&stranger.sign(&payload()), &ours.root), Err(BlobError::Untrusted));
    assert_eq!(Catalogue::read(&ours.sign(&payload()), &[], NOW).map(|_| ()), Err(BlobError::Untrusted));
}

#[test]
fn a_changed_list_is_not_taken() {
    let publisher = publisher(ISSUER);
    let text = publisher.sign(&payload());
    let parts: Vec<&str> = text.split('.').collect();
    let changed = BASE64URL_NOPAD.encode(json!({"no": 43, "entries": []}).to_string().as_bytes());
    let read = |text: &str| Catalogue::read(text, std::slice::from_ref(&publisher.root), NOW).map(|_| ());
    assert_eq!(read(&format!("{}.{changed}.{}", parts[0], parts[2])), Err(BlobError::Signature));
    let unsigned = BASE64URL_NOPAD.encode(br#"{"alg":"none","x5c":[]}"#);
    assert_eq!(read(&format!("{unsigned}.{}.", parts[1])), Err(BlobError::Algorithm));
    for text in ["", "a.b.c", "..", "%%.%%.%%"] {
        assert_eq!(read(text), Err(BlobError::Malformed), "{text}");
    }
}
