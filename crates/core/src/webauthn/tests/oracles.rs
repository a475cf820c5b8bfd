//! Differential tests: an authenticator and a verifier that others wrote.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::AvailableBackend;
use passkey::types::ctap2::{Aaguid, Ctap2Error};
use passkey::types::{Passkey, webauthn};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use url::Url;

use super::fixture::{
    CHALLENGE, Cbor, Ceremony, FLAGS, Key, ORIGIN, RP_ID, cbor, known, second_opinion, wanted,
};
use crate::webauthn::{
    AssertionExpected, AssertionResponse, RegistrationExpected, RegistrationResponse, register,
    verify_assertion,
};

/// A user who is there and agrees.
struct Willing;

#[async_trait::async_trait]
impl UserValidationMethod for Willing {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _: UiHint<'a, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence, verification })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

/// Runs what never has to wait.
fn done<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("an authenticator in memory does not wait"),
    }
}

/// Registers and signs with the other authenticator: both answers, as its client writes them.
fn ceremonies_of_another_authenticator(algorithm: i64, counts: bool) -> (String, String) {
    let mut authenticator =
        Authenticator::new(Aaguid::new_empty(), None::<Passkey>, Willing, AvailableBackend);
    authenticator.set_make_credentials_with_signature_counter(counts);
    let mut client = Client::new(authenticator);
    let origin = Url::parse(ORIGIN).unwrap();
    let creation: webauthn::CredentialCreationOptions = serde_json::from_value(json!({ "publicKey": {
        "rp": { "id": RP_ID, "name": "Example" },
        "user": { "id": BASE64URL_NOPAD.encode(b"a user"), "name": "user", "displayName": "User" },
        "challenge": BASE64URL_NOPAD.encode(CHALLENGE),
        "pubKeyCredParams": [{ "type": "public-key", "alg": algorithm }],
        "authenticatorSelection": { "residentKey": "required", "userVerification": "required" },
        "attestation": "none",
        "extensions": { "credProps": true },
    }}))
    .unwrap();
    let created = done(client.register(&origin, creation, DefaultClientData)).unwrap();
    let request: webauthn::CredentialRequestOptions = serde_json::from_value(json!({ "publicKey": {
        "rpId": RP_ID,
        "challenge": BASE64URL_NOPAD.encode(CHALLENGE),
        "userVerification": "required",
    }}))
    .unwrap();
    let asserted = done(client.authenticate(&origin, request, DefaultClientData)).unwrap();
    (serde_json::to_string(&created).unwrap(), serde_json::to_string(&asserted).unwrap())
}

#[test]
fn a_credential_of_another_authenticator_registers_and_signs() {
    for (algorithm, counts) in [(-7, false), (-7, true), (-8, false)] {
        let (attestation, assertion) = ceremonies_of_another_authenticator(algorithm, counts);
        let response = RegistrationResponse::parse(&attestation).unwrap();
        let registered = register(&response, &RegistrationExpected { ..wanted() }).unwrap();
        assert_eq!(registered.algorithm, algorithm);
        assert_eq!(registered.resident, Some(true));
        assert!(registered.user_verified && !registered.transports.is_empty());

        let response = AssertionResponse::parse(&assertion).unwrap();
        assert_eq!(response.credential_id(), registered.credential_id);
        assert_eq!(response.user_handle(), Some(b"a user".as_slice()));
        let expected = AssertionExpected {
            sign_count: registered.sign_count,
            backup_eligible: Some(registered.backup_eligible),
            ..known(&registered.public_key)
        };
        let asserted = verify_assertion(&response, &expected).unwrap();
        assert!(asserted.user_verified && !asserted.cloned);
        assert_eq!(asserted.sign_count > registered.sign_count, counts);
    }
}

/// Changes one byte of a member of `response`.
fn changed(json: &str, member: &str, place: Index, bit: u32) -> String {
    let mut json: Value = serde_json::from_str(json).unwrap();
    let mut bytes = BASE64.decode(json["response"][member].as_str().unwrap().as_bytes()).unwrap();
    let place = place.index(bytes.len());
    bytes[place] ^= 1_u8 << bit;
    json["response"][member] = BASE64.encode(&bytes).into();
    json.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_accepted_is_accepted_by_another_verifier_too(
        algorithm in prop::sample::select(vec![-7_i64, -35, -257]),
        count in 1_u32..5,
        flags in prop::sample::select(vec![FLAGS, 0x0d, 0x1d, 0x9d]),
        member in prop::sample::select(vec!["clientDataJSON", "authenticatorData", "signature"]),
        place in any::<Index>(),
        bit in 0..8_u32,
    ) {
        let key = Key::new(algorithm);
        let registration = Ceremony::registration(&key);
        let statement = cbor::map([] as [(&str, Cbor); 0]);
        let credential = second_opinion::register(&registration.attestation_json("none", statement)).unwrap();
        let assertion = Ceremony::assertion(flags, count);
        let good = assertion.assertion_json(&key.sign(&assertion.signed()));
        for json in [changed(&good, member, place, bit), good] {
            let ours = AssertionResponse::parse(&json)
                .and_then(|response| verify_assertion(&response, &known(&key.cose())));
            let theirs = second_opinion::accepts(&credential, &json);
            prop_assert_eq!(ours.is_ok_and(|asserted| !asserted.cloned), theirs);
        }
    }
}
