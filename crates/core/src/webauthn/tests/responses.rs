//! The JSON texts of clients.

use data_encoding::{BASE64, BASE64URL, BASE64URL_NOPAD, Encoding};
use serde_json::{Value, json};

use super::fixture::{Ceremony, Key, cbor, wanted};
use crate::webauthn::{AssertionResponse, RegistrationResponse, WebauthnError, register};

fn assertion() -> Value {
    json!({
        "id": "-_8",
        "rawId": "+/8=",
        "type": "public-key",
        "response": { "clientDataJSON": "e30=", "authenticatorData": "AAAA", "signature": "AA==", "userHandle": "" },
    })
}

fn with(pointer: &str, value: Value) -> Result<AssertionResponse, WebauthnError> {
    let mut json = assertion();
    *json.pointer_mut(pointer).unwrap() = value;
    AssertionResponse::parse(&json.to_string())
}

#[test]
fn every_base64_is_read() {
    let ceremony = Ceremony::registration(&Key::new(-7));
    let object = ceremony.attestation_object("none", cbor::map([]));
    let write = |encoding: &Encoding| {
        json!({
            "id": encoding.encode(&ceremony.id),
            "rawId": encoding.encode(&ceremony.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": encoding.encode(&ceremony.client_data),
                "attestationObject": encoding.encode(&object),
                "transports": ["internal", "hybrid", "a-future-one", "<b>", ""],
            },
            "clientExtensionResults": { "credProps": { "rk": true } },
        })
        .to_string()
    };
    for encoding in [BASE64, BASE64URL, BASE64URL_NOPAD] {
        let response = RegistrationResponse::parse(&write(&encoding)).unwrap();
        assert_eq!(response.credential_id(), ceremony.id);
        let registered = register(&response, &wanted()).unwrap();
        assert_eq!(registered.transports, ["internal", "hybrid", "a-future-one"]);
        assert_eq!(registered.resident, Some(true));
    }
}

#[test]
fn a_missing_user_handle_is_an_empty_text_or_left_out() {
    assert_eq!(with("/response/userHandle", json!("")).unwrap().user_handle(), None);
    assert_eq!(with("/response/userHandle", Value::Null).unwrap().user_handle(), None);
    let mut json = assertion();
    json["response"].as_object_mut().unwrap().remove("userHandle");
    assert_eq!(AssertionResponse::parse(&json.to_string()).unwrap().user_handle(), None);
    let handle = with("/response/userHandle", json!("+_8")).unwrap();
    assert_eq!(handle.user_handle(), Some([0xfb, 0xff].as_slice()));
    assert_eq!(handle.credential_id(), [0xfb, 0xff]);
}

#[test]
fn responses_of_another_form_are_refused() {
    use WebauthnError::{
        CredentialIdMismatch, MalformedEncoding, MalformedResponse, TooLarge, WrongCredentialType,
    };
    for (pointer, value, error) in [
        ("/type", json!("password"), WrongCredentialType),
        ("/type", Value::Null, MalformedResponse),
        ("/rawId", json!("AAAA"), CredentialIdMismatch),
        ("/rawId", json!(5), MalformedResponse),
        ("/rawId", json!(BASE64.encode(&[0; 1024])), TooLarge),
        ("/response", json!({}), MalformedResponse),
        ("/response/signature", json!("%"), MalformedEncoding),
        ("/response/signature", json!(BASE64.encode(&[0; 1025])), TooLarge),
        ("/response/clientDataJSON", json!("A".repeat(12_000)), TooLarge),
        ("/response/authenticatorData", json!("A".repeat(24_000)), TooLarge),
        ("/response/userHandle", json!(BASE64.encode(&[0; 65])), TooLarge),
    ] {
        assert_eq!(with(pointer, value), Err(error), "{pointer}");
    }
    assert_eq!(AssertionResponse::parse(""), Err(MalformedResponse));
    assert_eq!(AssertionResponse::parse("[]"), Err(MalformedResponse));
    assert_eq!(AssertionResponse::parse(&" ".repeat(200_000)), Err(TooLarge));
}

#[test]
fn id_or_raw_id_is_enough() {
    assert!(with("/rawId", Value::Null).is_ok());
    assert!(with("/id", Value::Null).is_ok());
    let mut json = assertion();
    json["id"] = Value::Null;
    json["rawId"] = json!("");
    assert_eq!(AssertionResponse::parse(&json.to_string()), Err(WebauthnError::MalformedResponse));
}
