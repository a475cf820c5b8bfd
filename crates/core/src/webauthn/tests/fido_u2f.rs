//! `fido-u2f`.

use rcgen::KeyPair;

use super::fixture::certificates::{Authority, attestation};
use super::fixture::{Cbor, Ceremony, Key, RP_ID, cbor, now};
use crate::crypto::sha256;
use crate::webauthn::{AttestationKind, Format, WebauthnError};

fn message(ceremony: &Ceremony, key: &Key) -> Vec<u8> {
    let (x, y) = key.point();
    let hash = ceremony.client_data_hash();
    [[0].as_slice(), &sha256(RP_ID.as_bytes()), &hash, &ceremony.id, &[4], &x, &y].concat()
}

fn statement(signature: &[u8], certificates: &[&[u8]]) -> Cbor {
    cbor::map([
        ("sig", Cbor::bytes(signature)),
        ("x5c", Cbor::array(certificates.iter().map(|der| Cbor::bytes(der)))),
    ])
}

#[test]
fn a_security_key_of_the_first_generation_registers() {
    let key = Key::new(-7);
    let ceremony = Ceremony::registration(&key);
    let (root, maker) = (Authority::root(), KeyPair::generate().unwrap());
    let leaf = root.issue(&attestation(), &maker);
    let signature = Key::of(&maker).sign(&message(&ceremony, &key));
    let found = ceremony.register("fido-u2f", statement(&signature, &[&leaf])).unwrap().attestation;
    assert_eq!((found.format, found.kind), (Format::FidoU2f, AttestationKind::Basic));
    assert_eq!(found.chains_to(&[root.der], now()), Ok(()));

    let two = statement(&signature, &[&leaf, &leaf]);
    assert_eq!(ceremony.register("fido-u2f", two), Err(WebauthnError::MalformedAttestationStatement));
    let modern = Key::of(&maker).sign(&ceremony.signed());
    assert_eq!(
        ceremony.register("fido-u2f", statement(&modern, &[&leaf])),
        Err(WebauthnError::InvalidSignature)
    );
}

#[test]
fn only_p_256_will_do() {
    let maker = KeyPair::generate().unwrap();
    let leaf = Authority::root().issue(&attestation(), &maker);
    let key = Key::new(-35);
    let ceremony = Ceremony::registration(&key);
    let signature = Key::of(&maker).sign(&message(&ceremony, &key));
    assert_eq!(
        ceremony.register("fido-u2f", statement(&signature, &[&leaf])),
        Err(WebauthnError::AttestedKeyMismatch)
    );

    let maker = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let leaf = Authority::root().issue(&attestation(), &maker);
    let ceremony = Ceremony::registration(&Key::new(-7));
    assert_eq!(
        ceremony.register("fido-u2f", statement(&[], &[&leaf])),
        Err(WebauthnError::CertificateRequirements)
    );
}
