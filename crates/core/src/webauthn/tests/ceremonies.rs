//! What holds for every format: flags, algorithms, counters.

use super::fixture::{AAGUID, ALGORITHMS, Cbor, Ceremony, FLAGS, Key, cbor, known, wanted};
use crate::webauthn::{
    AssertionExpected, AssertionResponse, AttestationKind, Format, RegistrationExpected,
    RegistrationResponse, WebauthnError, register, verify_assertion,
};

fn nothing() -> Cbor {
    cbor::map([])
}

#[test]
fn a_key_of_every_algorithm_registers_and_signs() {
    for algorithm in ALGORITHMS {
        let key = Key::new(algorithm);
        let ceremony = Ceremony::registration(&key);
        let registered = ceremony.register("none", nothing()).unwrap();
        assert_eq!(registered.algorithm, algorithm);
        assert_eq!(registered.credential_id, ceremony.id);
        assert_eq!(registered.public_key, key.cose());
        assert_eq!(registered.aaguid.into_bytes(), AAGUID);
        assert!(registered.user_verified && registered.backup_eligible && registered.backed_up);
        let attestation = registered.attestation;
        assert_eq!((attestation.format, attestation.kind), (Format::None, AttestationKind::None));

        let asserted = Ceremony::assertion(FLAGS, 7).verify(&key).unwrap();
        assert_eq!(asserted.sign_count, 7);
        assert!(asserted.user_verified && asserted.backed_up && asserted.backup_eligible && !asserted.cloned);
    }
}

#[test]
fn another_keys_signature_is_refused() {
    for algorithm in [-7, -35, -36, -8] {
        let (key, other) = (Key::new(algorithm), Key::new(algorithm));
        let ceremony = Ceremony::assertion(FLAGS, 0);
        let json = ceremony.assertion_json(&other.sign(&ceremony.signed()));
        let response = AssertionResponse::parse(&json).unwrap();
        assert_eq!(verify_assertion(&response, &known(&key.cose())), Err(WebauthnError::InvalidSignature));
    }
}

#[test]
fn a_registration_is_no_assertion_and_the_reverse() {
    let key = Key::new(-7);
    let mut ceremony = Ceremony::registration(&key);
    ceremony.client_data = Ceremony::assertion(FLAGS, 0).client_data;
    assert_eq!(ceremony.register("none", nothing()), Err(WebauthnError::WrongCeremony));
    let mut ceremony = Ceremony::assertion(FLAGS, 0);
    ceremony.client_data = Ceremony::registration(&key).client_data;
    assert_eq!(ceremony.verify(&key), Err(WebauthnError::WrongCeremony));
}

#[test]
fn what_a_registration_must_show_is_checked() {
    let key = Key::new(-7);
    let register_with = |flags: u8, change: fn(&mut RegistrationExpected<'static>)| {
        let json = Ceremony::registration_with(flags, &key.cose()).attestation_json("none", nothing());
        let mut expected = wanted();
        change(&mut expected);
        register(&RegistrationResponse::parse(&json).unwrap(), &expected)
    };
    assert!(register_with(FLAGS, |_| ()).is_ok());
    assert!(register_with(0x01, |expected| expected.require_user_verification = false).is_ok());
    assert!(register_with(0x05, |expected| expected.allow_backup_eligible = false).is_ok());
    for (flags, change, error) in [
        (0x04, (|_| ()) as fn(&mut RegistrationExpected<'static>), WebauthnError::UserNotPresent),
        (0x01, |_| (), WebauthnError::UserNotVerified),
        (0x15, |_| (), WebauthnError::BackupFlagsInconsistent),
        (0x0d, |expected| expected.allow_backup_eligible = false, WebauthnError::BackupEligible),
        (FLAGS, |expected| expected.algorithms = &[-8, -257], WebauthnError::AlgorithmNotAllowed),
        (FLAGS, |expected| expected.rp_id = "login.example.com", WebauthnError::RelyingPartyMismatch),
        (FLAGS, |expected| expected.rp_id = "example.org", WebauthnError::OriginNotAllowed),
        (FLAGS, |expected| expected.origin = "https://www.example.com", WebauthnError::OriginMismatch),
        (FLAGS, |expected| expected.challenge = b"another challenge", WebauthnError::ChallengeMismatch),
        (FLAGS, |expected| expected.challenge = b"", WebauthnError::ChallengeMismatch),
    ] {
        assert_eq!(register_with(flags, change), Err(error));
    }
}

#[test]
fn what_an_assertion_must_show_is_checked() {
    let key = Key::new(-8);
    let cose = key.cose();
    let verify_with = |flags: u8, change: fn(&mut AssertionExpected<'_>)| {
        let ceremony = Ceremony::assertion(flags, 5);
        let json = ceremony.assertion_json(&key.sign(&ceremony.signed()));
        let mut expected = known(&cose);
        change(&mut expected);
        verify_assertion(&AssertionResponse::parse(&json).unwrap(), &expected)
    };
    assert!(verify_with(FLAGS, |_| ()).is_ok());
    assert!(verify_with(0x05, |expected| expected.backup_eligible = None).is_ok());
    assert!(!verify_with(FLAGS, |expected| expected.sign_count = 4).unwrap().cloned);
    assert!(verify_with(FLAGS, |expected| expected.sign_count = 5).unwrap().cloned);
    assert!(verify_with(FLAGS, |expected| expected.sign_count = 6).unwrap().cloned);
    for (flags, change, error) in [
        (0x0c, (|_| ()) as fn(&mut AssertionExpected<'_>), WebauthnError::UserNotPresent),
        (0x09, |_| (), WebauthnError::UserNotVerified),
        (0x05, |_| (), WebauthnError::BackupFlagsInconsistent),
        (FLAGS, |expected| expected.backup_eligible = Some(false), WebauthnError::BackupFlagsInconsistent),
        (FLAGS, |expected| expected.challenge = b"another challenge", WebauthnError::ChallengeMismatch),
        (FLAGS, |expected| expected.origin = "https://example.com", WebauthnError::OriginMismatch),
        (FLAGS, |expected| expected.public_key = &[0xa0], WebauthnError::MalformedPublicKey),
    ] {
        assert_eq!(verify_with(flags, change), Err(error));
    }
}

#[test]
fn an_attestation_object_has_its_three_members() {
    let key = Key::new(-7);
    let ceremony = Ceremony::registration(&key);
    for (format, statement, error) in [
        ("none", cbor::map([("sig", Cbor::bytes(b"x"))]), WebauthnError::MalformedAttestationStatement),
        ("none", Cbor::text("no map"), WebauthnError::MalformedAttestationObject),
        ("android-safetynet", nothing(), WebauthnError::UnknownAttestationFormat),
        ("None", nothing(), WebauthnError::UnknownAttestationFormat),
    ] {
        assert_eq!(ceremony.register(format, statement), Err(error), "{format}");
    }
}

#[test]
fn the_signed_credential_id_is_the_one_that_was_sent() {
    let mut ceremony = Ceremony::registration(&Key::new(-7));
    ceremony.id = b"another id".to_vec();
    assert_eq!(ceremony.register("none", nothing()), Err(WebauthnError::CredentialIdMismatch));
}

#[test]
fn a_registration_needs_a_credential() {
    let mut ceremony = Ceremony::assertion(FLAGS, 0);
    ceremony.client_data = Ceremony::registration(&Key::new(-7)).client_data;
    assert_eq!(ceremony.register("none", nothing()), Err(WebauthnError::NoCredential));
}
