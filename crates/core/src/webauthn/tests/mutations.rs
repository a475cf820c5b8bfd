//! Whatever is changed in a good ceremony makes it a bad one, and nothing makes the reader stumble.

use data_encoding::BASE64;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::fixture::{Cbor, Ceremony, FLAGS, Key, cbor, known, wanted};
use crate::webauthn::{
    AssertionResponse, ClientData, PublicKey, RegistrationResponse, register, verify_assertion,
};

/// Replaces the bytes of a member of `response`.
fn change(json: &str, member: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut json: Value = serde_json::from_str(json).unwrap();
    let text = json["response"][member].as_str().unwrap();
    let mut bytes = BASE64.decode(text.as_bytes()).unwrap();
    change(&mut bytes);
    json["response"][member] = BASE64.encode(&bytes).into();
    json.to_string()
}

fn is_accepted(json: &str, cose: &[u8]) -> bool {
    AssertionResponse::parse(json).and_then(|response| verify_assertion(&response, &known(cose))).is_ok()
}

fn registers(json: &str) -> bool {
    RegistrationResponse::parse(json).and_then(|response| register(&response, &wanted())).is_ok()
}

fn self_attested(algorithm: i64) -> String {
    let key = Key::new(algorithm);
    let ceremony = Ceremony::registration(&key);
    let signature = key.sign(&ceremony.signed());
    let statement = cbor::map([("alg", Cbor::integer(algorithm)), ("sig", Cbor::bytes(&signature))]);
    ceremony.attestation_json("packed", statement)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn an_assertion_with_a_bit_flipped_is_refused(
        algorithm in prop::sample::select(vec![-7_i64, -35, -36, -8, -257, -37]),
        member in prop::sample::select(vec!["clientDataJSON", "authenticatorData", "signature"]),
        place in any::<Index>(),
        bit in 0..8,
    ) {
        let key = Key::new(algorithm);
        let ceremony = Ceremony::assertion(FLAGS, 9);
        let json = ceremony.assertion_json(&key.sign(&ceremony.signed()));
        prop_assert!(is_accepted(&json, &key.cose()));
        let changed = change(&json, member, |bytes| {
            let place = place.index(bytes.len());
            bytes[place] ^= 1_u8 << bit;
        });
        prop_assert!(!is_accepted(&changed, &key.cose()));
    }

    #[test]
    fn an_assertion_cut_short_or_continued_is_refused(
        member in prop::sample::select(vec!["clientDataJSON", "authenticatorData", "signature"]),
        place in any::<Index>(),
        tail in prop::collection::vec(any::<u8>(), 1..8),
    ) {
        let key = Key::new(-7);
        let ceremony = Ceremony::assertion(FLAGS, 9);
        let json = ceremony.assertion_json(&key.sign(&ceremony.signed()));
        let cut = change(&json, member, |bytes| bytes.truncate(place.index(bytes.len())));
        prop_assert!(!is_accepted(&cut, &key.cose()));
        let continued = change(&json, member, |bytes| bytes.extend(&tail));
        prop_assert!(!is_accepted(&continued, &key.cose()));
    }

    #[test]
    fn a_self_attested_registration_with_a_bit_flipped_is_refused(
        algorithm in prop::sample::select(vec![-7_i64, -8, -257]),
        member in prop::sample::select(vec!["clientDataJSON", "attestationObject"]),
        place in any::<Index>(),
        bit in 0..8,
    ) {
        let json = self_attested(algorithm);
        prop_assert!(registers(&json));
        let changed = change(&json, member, |bytes| {
            let place = place.index(bytes.len());
            bytes[place] ^= 1_u8 << bit;
        });
        prop_assert!(!registers(&changed));
    }

    #[test]
    fn a_registration_cut_short_is_refused(
        member in prop::sample::select(vec!["clientDataJSON", "attestationObject"]),
        place in any::<Index>(),
    ) {
        let cut = change(&self_attested(-7), member, |bytes| bytes.truncate(place.index(bytes.len())));
        prop_assert!(!registers(&cut));
    }

    #[test]
    fn arbitrary_input_never_panics(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        text in ".{0,200}",
        format in prop::sample::select(vec!["none", "packed", "tpm", "android-key", "apple", "fido-u2f"]),
    ) {
        let _ = ClientData::parse(&bytes);
        let _ = PublicKey::parse(&bytes);
        let _ = RegistrationResponse::parse(&text);
        let _ = AssertionResponse::parse(&text);
        let ceremony = Ceremony::registration(&Key::new(-7));
        let filled = cbor::map([
            ("alg", Cbor::integer(-7)),
            ("sig", Cbor::bytes(&bytes)),
            ("x5c", Cbor::array([Cbor::bytes(&bytes)])),
            ("ver", Cbor::text("2.0")),
            ("certInfo", Cbor::bytes(&bytes)),
            ("pubArea", Cbor::bytes(&bytes)),
        ]);
        prop_assert!(ceremony.register(format, filled).is_err());
    }
}
