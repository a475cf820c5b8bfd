//! What phone delivery settings may say.

use serde_json::{Value, json};

use super::*;
use crate::problem::{Code, Problem};
use crate::schema::{Declared, Secrets};

const SID: &str = "AC0123456789abcdef0123456789abcdef";

fn gateway() -> Value {
    json!({
        "provider": "CUSTOM_PROVIDER", "name": "Acme gateway", "authentication": {"method": "BEARER", "authToken": "s3cret"},
        "requests": [{"deliveryMethod": "SMS", "method": "POST", "url": "https://gw.example/sms",
            "headers": {"content-type": "application/json"},
            "body": "{\"to\":\"${to}\",\"from\":\"${from}\",\"text\":\"${message}\"}", "phoneNumberFormat": "FULL"}],
        "numbers": [{"number": "+15550100", "type": "PHONE_NUMBER", "selected": true, "available": true, "capabilities": ["SMS", "VOICE"]}]
    })
}

fn read(body: &Value) -> Result<(PhoneDelivery, Secrets), Vec<Problem>> {
    PhoneDelivery::read(body, None, &[])
}

#[test]
fn the_gateway_of_the_documentation_is_echoed_without_its_secret() {
    let (delivery, secrets) = read(&gateway()).unwrap();
    assert!(delivery.secret_problems(&secrets).is_empty());
    assert_eq!(secrets.text(&["authentication", "authToken"]), Some("s3cret"));
    let mut expected = gateway();
    expected["authentication"].as_object_mut().unwrap().remove("authToken");
    assert_eq!(serde_json::to_value(&delivery).unwrap(), expected);
    assert!(
        delivery.request(RequestChannel::Sms).is_some() && delivery.request(RequestChannel::Voice).is_none()
    );
}

#[test]
fn an_update_without_the_secret_keeps_the_old_one() {
    let (delivery, secrets) = read(&gateway()).unwrap();
    let mut stored = serde_json::to_value(&delivery).unwrap().as_object().unwrap().clone();
    stored.insert("sealed".to_owned(), json!("cipher"));
    let mut body = gateway();
    body["authentication"] = json!({"method": "BEARER"});
    let (new, fresh) = PhoneDelivery::read(&body, Some(&stored), &[]).unwrap();
    assert_eq!(new.sealed, Some(Sealed("cipher".to_owned())));
    assert!(new.secret_problems(&fresh.over(&secrets)).is_empty());
    body["authentication"] = json!({"method": "BASIC", "username": "u"});
    let (basic, fresh) = PhoneDelivery::read(&body, Some(&stored), &[]).unwrap();
    let problems = basic.secret_problems(&fresh.over(&secrets));
    assert_eq!(problems[0].target.as_deref(), Some("authentication.password"));
}

#[test]
fn twilio_needs_an_account_and_its_token() {
    let body = json!({"provider": "CUSTOM_TWILIO", "sid": SID, "authToken": "t0ken"});
    let (delivery, secrets) = read(&body).unwrap();
    assert_eq!(secrets.text(&["authToken"]), Some("t0ken"));
    let stored = serde_json::to_value(&delivery).unwrap();
    assert_eq!(stored, json!({"provider": "CUSTOM_TWILIO", "sid": SID}));
    let numbers = json!([{"number": "+15550100", "type": "PHONE_NUMBER", "selected": true}]);
    let put = json!({"provider": "CUSTOM_TWILIO", "sid": SID, "numbers": numbers});
    let (new, _) = PhoneDelivery::read(&put, stored.as_object(), &[]).unwrap();
    assert!(new.numbers.unwrap()[0].serves(RequestChannel::Sms));
    let other = json!({"provider": "CUSTOM_TWILIO", "sid": SID.replace('0', "1")});
    assert_eq!(
        PhoneDelivery::read(&other, stored.as_object(), &[]).unwrap_err()[0].target.as_deref(),
        Some("sid")
    );
}

#[test]
fn a_messaging_service_is_selected_alone() {
    let service = |n: u8, selected: bool| json!({"messagingServiceId": format!("MG0123456789abcdef0123456789abcde{n}"), "selected": selected});
    let body = |second: bool| {
        json!({"provider": "CUSTOM_TWILIO_MESSAGING_SERVICE", "sid": SID, "authToken": "t",
               "messagingServices": [service(1, true), service(2, second)]})
    };
    assert!(read(&body(false)).unwrap().0.selected_service().is_some());
    assert_eq!(read(&body(true)).unwrap_err()[0].target.as_deref(), Some("messagingServices"));
}

#[test]
fn a_provider_that_is_not_built_is_named() {
    let problems = read(&json!({"provider": "CUSTOM_SYNIVERSE", "authToken": "x"})).unwrap_err();
    assert_eq!((problems[0].code, problems[0].target.as_deref()), (Code::InvalidValue, Some("provider")));
    assert!(problems[0].message.contains("CUSTOM_SYNIVERSE"));
}

#[test]
fn each_fault_is_named() {
    let (request, number) = ("/requests/0", "/numbers/0");
    let table = [
        ("", "name", json!(null), Code::RequiredValue, "name"),
        ("", "authentication", json!(null), Code::RequiredValue, "authentication"),
        ("", "authentication", json!({"method": "X"}), Code::InvalidValue, "authentication.method"),
        ("", "authentication", json!({"method": "BASIC"}), Code::RequiredValue, "authentication.username"),
        (
            "",
            "authentication",
            json!({"method": "OAUTH2", "clientId": "c"}),
            Code::RequiredValue,
            "authentication.authUrl",
        ),
        (
            "",
            "authentication",
            json!({"method": "CUSTOM_HEADER"}),
            Code::RequiredValue,
            "authentication.headerName",
        ),
        (
            "",
            "authentication",
            json!({"method": "CUSTOM_HEADER", "headerName": "a b"}),
            Code::InvalidValue,
            "authentication.headerName",
        ),
        ("", "requests", json!([]), Code::EmptyValue, "requests"),
        (request, "deliveryMethod", json!("EMAIL"), Code::InvalidValue, "requests[0].deliveryMethod"),
        (request, "method", json!("PUT"), Code::InvalidValue, "requests[0].method"),
        (request, "url", json!("https://${to}/sms"), Code::InvalidValue, "requests[0].url"),
        (request, "url", json!("ftp://gw.example"), Code::InvalidValue, "requests[0].url"),
        (request, "body", json!(null), Code::RequiredValue, "requests[0].body"),
        (request, "body", json!("{\"to\":\"${to}\"}"), Code::InvalidValue, "requests[0].body"),
        (
            request,
            "body",
            json!("{\"to\":${to},\"text\":\"${message}\"}"),
            Code::InvalidValue,
            "requests[0].body",
        ),
        (
            request,
            "headers",
            json!({"Content-Type": "text/plain"}),
            Code::InvalidValue,
            "requests[0].headers.content-type",
        ),
        (
            request,
            "headers",
            json!({"content-type": "application/json", "a b": "c"}),
            Code::InvalidValue,
            "requests[0].headers",
        ),
        (request, "method", json!("GET"), Code::InvalidValue, "requests[0].url"),
        (request, "beforeTag", json!("<Say>"), Code::InvalidValue, "requests[0].beforeTag"),
        (number, "number", json!("call me"), Code::InvalidValue, "numbers[0].number"),
        (number, "type", json!(null), Code::RequiredValue, "numbers[0].type"),
        (number, "type", json!("SHORT_CODE"), Code::RequiredValue, "numbers[0].supportedCountries"),
        (number, "supportedCountries", json!(["US"]), Code::InvalidValue, "numbers[0].supportedCountries"),
        (number, "supportedCountries", json!(["us"]), Code::InvalidValue, "numbers[0].supportedCountries[0]"),
    ];
    for (parent, name, value, code, target) in table {
        let mut body = gateway();
        body.pointer_mut(parent).unwrap()[name] = value.clone();
        let problems = read(&body).unwrap_err();
        assert_eq!(
            (problems[0].code, problems[0].target.as_deref()),
            (code, Some(target)),
            "{parent}/{name} {value}"
        );
    }
}

#[test]
fn a_get_carries_its_variables_in_the_url() {
    let mut body = gateway();
    body["requests"][0] = json!({"deliveryMethod": "SMS", "method": "GET", "url": "https://gw.example/send?to=${to}&message=${message}"});
    assert!(read(&body).is_ok());
}
