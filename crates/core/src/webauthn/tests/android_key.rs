//! `android-key`.

use rcgen::KeyPair;

use super::fixture::certificates::{Authority, attestation, der, extension};
use super::fixture::{Cbor, Ceremony, Key, cbor, now};
use crate::webauthn::{AttestationKind, Format, Registered, WebauthnError};

const DESCRIPTION: [u64; 10] = [1, 3, 6, 1, 4, 1, 11129, 2, 1, 17];

/// `[1] { SET { INTEGER purpose } }`.
fn purpose(number: u8) -> Vec<u8> {
    der(0xa1, &der(0x31, &der(2, &[number])))
}

/// `[702] { INTEGER origin }`: a tag of two more bytes.
fn origin(number: u8) -> Vec<u8> {
    [vec![0xbf], der_after_tag(&[0x85, 0x3e], &der(2, &[number]))].concat()
}

/// `[600] { NULL }`.
fn all_applications() -> Vec<u8> {
    [vec![0xbf], der_after_tag(&[0x84, 0x58], &[5, 0])].concat()
}

fn der_after_tag(tag: &[u8], content: &[u8]) -> Vec<u8> {
    [tag, &[content.len() as u8], content].concat()
}

fn description(challenge: &[u8], software: &[u8], trusted: &[u8]) -> Vec<u8> {
    let members = [
        der(2, &[1, 44]), // version 300
        der(10, &[1]),
        der(2, &[1, 44]),
        der(10, &[1]),
        der(4, challenge),
        der(4, &[]),
        der(0x30, software),
        der(0x30, trusted),
    ];
    der(0x30, &members.concat())
}

fn register(describe: impl Fn(&Ceremony) -> Vec<u8>) -> (Authority, Result<Registered, WebauthnError>) {
    let pair = KeyPair::generate().unwrap();
    let key = Key::of(&pair);
    let ceremony = Ceremony::registration(&key);
    let root = Authority::root();
    let mut params = attestation();
    params.custom_extensions.push(extension(&DESCRIPTION, describe(&ceremony)));
    let leaf = root.issue(&params, &pair);
    let statement = cbor::map([
        ("alg", Cbor::integer(-7)),
        ("sig", Cbor::bytes(&key.sign(&ceremony.signed()))),
        ("x5c", Cbor::array([Cbor::bytes(&leaf)])),
    ]);
    (root, ceremony.register("android-key", statement))
}

#[test]
fn a_key_of_the_trusted_environment_holds() {
    let trusted = [purpose(2), origin(0)].concat();
    let (root, registered) = register(|ceremony| description(&ceremony.client_data_hash(), &[], &trusted));
    let found = registered.unwrap().attestation;
    assert_eq!((found.format, found.kind), (Format::AndroidKey, AttestationKind::Basic));
    assert_eq!(found.chains_to(&[root.der], now()), Ok(()));
}

#[test]
fn the_challenge_is_the_hash_of_the_client_data() {
    let trusted = [purpose(2), origin(0)].concat();
    let registered = register(|_| description(&[0; 32], &[], &trusted)).1;
    assert_eq!(registered, Err(WebauthnError::AttestedDataMismatch));
}

#[test]
fn only_the_trusted_environment_vouches_for_a_key() {
    let good = [purpose(2), origin(0)].concat();
    for (why, software, trusted) in [
        ("the software says it all", good.clone(), vec![]),
        ("an imported key", vec![], [purpose(2), origin(2)].concat()),
        ("a key for decryption", vec![], [purpose(1), origin(0)].concat()),
        ("no origin", vec![], purpose(2)),
        ("no purpose", vec![], origin(0)),
        ("for all applications", all_applications(), good.clone()),
        ("for all applications", vec![], [purpose(2), all_applications(), origin(0)].concat()),
    ] {
        let registered =
            register(|ceremony| description(&ceremony.client_data_hash(), &software, &trusted)).1;
        assert_eq!(registered, Err(WebauthnError::AndroidKeyRequirements), "{why}");
    }
}

#[test]
fn a_certificate_that_does_not_describe_its_key_is_refused() {
    for content in [vec![], der(0x30, &[]), der(4, b"x"), description(&[0; 32], &[], &[])[..20].to_vec()] {
        let registered = register(|_| content.clone()).1;
        assert_eq!(registered, Err(WebauthnError::CertificateRequirements));
    }
}

#[test]
fn a_certificate_about_another_key_is_refused() {
    let (pair, key) = (KeyPair::generate().unwrap(), Key::new(-7));
    let ceremony = Ceremony::registration(&key);
    let mut params = attestation();
    let trusted = [purpose(2), origin(0)].concat();
    let described = description(&ceremony.client_data_hash(), &[], &trusted);
    params.custom_extensions.push(extension(&DESCRIPTION, described));
    let leaf = Authority::root().issue(&params, &pair);
    let statement = |signer: &Key| {
        cbor::map([
            ("alg", Cbor::integer(-7)),
            ("sig", Cbor::bytes(&signer.sign(&ceremony.signed()))),
            ("x5c", Cbor::array([Cbor::bytes(&leaf)])),
        ])
    };
    let by_certificate = ceremony.register("android-key", statement(&Key::of(&pair)));
    assert_eq!(by_certificate, Err(WebauthnError::AttestedKeyMismatch));
    let by_credential = ceremony.register("android-key", statement(&key));
    assert_eq!(by_credential, Err(WebauthnError::InvalidSignature));
}
