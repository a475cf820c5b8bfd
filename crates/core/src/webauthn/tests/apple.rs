//! `apple`.

use rcgen::KeyPair;

use super::fixture::certificates::{Authority, attestation, der, extension};
use super::fixture::{Cbor, Ceremony, Key, cbor, now};
use crate::crypto::sha256;
use crate::webauthn::{AttestationKind, Format, Registered, WebauthnError};

const NONCE: [u64; 7] = [1, 2, 840, 113_635, 100, 8, 2];

fn register(
    nonce: impl Fn(&Ceremony) -> Vec<u8>,
    certified: Option<&KeyPair>,
) -> (Authority, Result<Registered, WebauthnError>) {
    let pair = KeyPair::generate().unwrap();
    let ceremony = Ceremony::registration(&Key::of(&pair));
    let root = Authority::root();
    let mut params = attestation();
    params.custom_extensions.push(extension(&NONCE, nonce(&ceremony)));
    let leaf = root.issue(&params, certified.unwrap_or(&pair));
    let statement = cbor::map([("x5c", Cbor::array([Cbor::bytes(&leaf)]))]);
    (root, ceremony.register("apple", statement))
}

fn wrapped(nonce: &[u8]) -> Vec<u8> {
    der(0x30, &der(0xa1, &der(4, nonce)))
}

#[test]
fn an_anonymous_attestation_holds() {
    let (root, registered) = register(|ceremony| wrapped(&sha256(&ceremony.signed())), None);
    let found = registered.unwrap().attestation;
    assert_eq!((found.format, found.kind), (Format::Apple, AttestationKind::AnonymizationCa));
    assert_eq!(found.chains_to(&[root.der], now()), Ok(()));
}

#[test]
fn nonce_and_key_are_those_of_the_ceremony() {
    let of_other_data = register(|_| wrapped(&sha256(b"other data")), None).1;
    assert_eq!(of_other_data, Err(WebauthnError::AttestedDataMismatch));
    let bare = register(|ceremony| der(4, &sha256(&ceremony.signed())), None).1;
    assert_eq!(bare, Err(WebauthnError::CertificateRequirements));
    let stranger = KeyPair::generate().unwrap();
    let about_another = register(|ceremony| wrapped(&sha256(&ceremony.signed())), Some(&stranger)).1;
    assert_eq!(about_another, Err(WebauthnError::AttestedKeyMismatch));
}

#[test]
fn a_certificate_without_a_nonce_is_refused() {
    let pair = KeyPair::generate().unwrap();
    let ceremony = Ceremony::registration(&Key::of(&pair));
    let leaf = Authority::root().issue(&attestation(), &pair);
    let statement = cbor::map([("x5c", Cbor::array([Cbor::bytes(&leaf)]))]);
    assert_eq!(ceremony.register("apple", statement), Err(WebauthnError::CertificateRequirements));
}
