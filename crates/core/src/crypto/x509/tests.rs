//! What is made can be read.

use super::*;
use crate::time::Span;

fn wanted() -> WantedKey {
    let now = Timestamp::from_seconds(1_800_000_000);
    WantedKey {
        algorithm: KeyAlgorithm::Ec,
        length: 256,
        signature: CertificateSignature::Sha256WithEcdsa,
        subject: "CN=Signing, OU=Payments\\, Ltd, L=, C=US".to_owned(),
        issuer: None,
        serial: 4711,
        starts_at: now,
        expires_at: now.plus(Span::days(365)),
        signs_certificates: false,
        revocations: None,
    }
}

#[test]
fn a_certificate_says_what_was_wanted() {
    let made = make(&wanted()).unwrap();
    let facts = read(&made.certificate).unwrap();
    assert_eq!((facts.algorithm, facts.length), (KeyAlgorithm::Ec, 256));
    assert_eq!(facts.signature, Some(CertificateSignature::Sha256WithEcdsa));
    assert_eq!(facts.common_name.as_deref(), Some("Signing"));
    assert_eq!(facts.issuer, facts.subject);
    assert_eq!(facts.serial, Some(4711));
    assert_eq!(facts.days(), 365);
    assert_eq!(
        certificates_of(pem("CERTIFICATE", &made.certificate).as_bytes()),
        std::slice::from_ref(&made.certificate)
    );
    assert_eq!(certificates_of(&made.certificate), [made.certificate]);
}

#[test]
fn another_issuer_is_named_when_wanted() {
    let made = make(&WantedKey { issuer: Some("CN=Root".to_owned()), ..wanted() }).unwrap();
    assert_eq!(read(&made.certificate).unwrap().issuer, "CN=Root");
}

#[test]
fn a_key_asks_others_to_certify_it() {
    let made = make(&wanted()).unwrap();
    let request = request(&made.private, &wanted().subject).unwrap();
    let text = pem("CERTIFICATE REQUEST", &request);
    assert!(text.starts_with("-----BEGIN CERTIFICATE REQUEST-----\n"), "{text}");
}

#[test]
fn what_the_library_cannot_make_is_refused() {
    for (algorithm, length, signature) in [
        (KeyAlgorithm::Ec, 224, CertificateSignature::Sha256WithEcdsa),
        (KeyAlgorithm::Rsa, 7680, CertificateSignature::Sha256WithRsa),
        (KeyAlgorithm::Rsa, 2048, CertificateSignature::Sha256WithEcdsa),
    ] {
        let refused = make(&WantedKey { algorithm, length, signature, ..wanted() });
        assert!(matches!(refused, Err(CertificateError::Unsupported)), "{length}");
    }
}

#[test]
fn other_texts_are_no_names() {
    for text in ["", "Example", "CN=", "XY=1", "CN=a, CN=b"] {
        assert!(!is_distinguished_name(text), "{text}");
    }
    assert!(is_distinguished_name("cn=a,o=b,E=c@d.example"));
}

#[test]
fn rubbish_is_no_certificate() {
    assert!(read(b"").is_none());
    assert!(read(&[0x30; 200]).is_none());
    assert!(certificates_of(b"-----BEGIN CERTIFICATE-----\nAAAA").is_empty());
}
