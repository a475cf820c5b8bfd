//! What a policy body may say, and what comes back.

use serde_json::{Value, json};

use super::*;
use crate::devices::kind::DeviceType;
use crate::problem::{Code, Problem};
use crate::schema::Declared;
use crate::time::Span;

const APPLICATION: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

fn offline(enabled: bool) -> Value {
    json!({"enabled": enabled, "otp": {"failure": {"count": 3, "coolDown": {"duration": 0, "timeUnit": "MINUTES"}},
           "lifeTime": {"duration": 30, "timeUnit": "MINUTES"}}})
}

fn two_minutes() -> Value {
    json!({"failure": {"count": 3, "coolDown": {"duration": 2, "timeUnit": "MINUTES"}}})
}

/// The body of the SMS workflow, step 14.
fn workflow() -> Value {
    let mut mobile_otp = two_minutes();
    mobile_otp["window"] = json!({"stepSize": {"duration": 30, "timeUnit": "SECONDS"}});
    json!({
        "name": "useCaseDeviceAuthPolicy__1767607200", "sms": offline(true), "email": offline(true),
        "mobile": {"enabled": true, "otp": mobile_otp, "applications": [{
            "id": APPLICATION, "push": {"enabled": false}, "otp": {"enabled": true},
            "deviceAuthorization": {"enabled": true, "extraVerification": "permissive"},
            "autoEnrollment": {"enabled": true}, "integrityDetection": "permissive"}]},
        "totp": {"enabled": true, "otp": two_minutes()}, "voice": offline(false),
        "securityKey": {"enabled": true}, "platform": {"enabled": true}, "forSignOnPolicy": false, "default": false
    })
}

/// The smallest body.
fn small() -> Value {
    json!({"name": "Customers", "default": false, "sms": {"enabled": true}, "voice": {"enabled": false},
           "email": {"enabled": true}, "mobile": {"enabled": false}, "totp": {"enabled": false}})
}

fn read(body: &Value) -> Result<DevicePolicy, Vec<Problem>> {
    DevicePolicy::read(body, None, &[]).map(|(policy, _)| policy)
}

fn changed(pointer: &str, value: Value) -> Value {
    let mut body = workflow();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
    body
}

#[test]
fn the_policy_of_the_workflow_is_accepted_and_echoed() {
    let mut expected = workflow();
    for name in ["sms", "email", "voice"] {
        expected[name]["otp"]["otpLength"] = json!(6);
    }
    let members = expected.as_object_mut().unwrap();
    members.remove("securityKey");
    members.remove("platform");
    members["mobile"]["otp"].as_object_mut().unwrap().remove("window");
    let filled = json!({
        "authentication": {"deviceSelection": "DEFAULT_TO_FIRST"}, "notificationsPolicy": {},
        "newDeviceNotification": "EMAIL_THEN_SMS", "oathToken": {"enabled": false, "otp": two_minutes()},
        "rememberMe": {"web": {"enabled": false, "lifeTime": {"duration": 30, "timeUnit": "DAYS"}}},
        "pingIdDesktopGen2": {"enabled": false, "otp": two_minutes()}
    });
    members.extend(filled.as_object().unwrap().clone());
    assert_eq!(serde_json::to_value(read(&workflow()).unwrap()).unwrap(), expected);
}

#[test]
fn what_is_sent_comes_back_in_its_unit() {
    let mut body = changed("/sms/otp/lifeTime", json!({"duration": 150, "timeUnit": "SECONDS"}));
    body["sms"]["otp"]["failure"]["count"] = json!("4");
    body["sms"]["pairingDisabled"] = json!(false);
    body["rememberMe"] = json!({"web": {"enabled": true, "lifeTime": {"duration": 24, "timeUnit": "HOURS"}}});
    body["blockUsersWithDisabledMfa"] = json!(false);
    body["mobile"]["applications"][0]["pushTimeout"] = json!({"duration": 120, "timeUnit": "SECONDS"});
    let wire = serde_json::to_value(read(&body).unwrap()).unwrap();
    assert_eq!(wire["sms"]["otp"]["lifeTime"], json!({"duration": 150, "timeUnit": "SECONDS"}));
    assert_eq!(wire["sms"]["otp"]["failure"]["count"], 4);
    assert_eq!(
        (&wire["sms"]["pairingDisabled"], wire["email"].get("pairingDisabled")),
        (&json!(false), None)
    );
    assert_eq!(wire["rememberMe"], body["rememberMe"]);
    assert_eq!(wire["blockUsersWithDisabledMfa"], false);
    assert_eq!(wire["mobile"]["applications"][0]["pushTimeout"]["duration"], 120);
}

#[test]
fn members_stand_in_the_order_of_the_documentation() {
    let wire = serde_json::to_value(read(&small()).unwrap()).unwrap();
    let names: Vec<_> = wire.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "name",
            "authentication",
            "notificationsPolicy",
            "newDeviceNotification",
            "sms",
            "email",
            "mobile",
            "totp",
            "voice",
            "oathToken",
            "rememberMe",
            "pingIdDesktopGen2",
            "forSignOnPolicy",
            "default"
        ]
    );
    let keys: Vec<_> = wire["sms"]["otp"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["failure", "lifeTime", "otpLength"]);
}

#[test]
fn each_range_enum_and_requirement_holds() {
    let (seconds, minutes) = ("SECONDS", "MINUTES");
    let time = |number: i64, unit: &str| json!({"duration": number, "timeUnit": unit});
    let app = "/mobile/applications/0";
    let table = [
        ("/name".to_owned(), json!(null), Code::RequiredValue, "name"),
        ("/default".to_owned(), json!(null), Code::RequiredValue, "default"),
        ("/sms".to_owned(), json!(null), Code::RequiredValue, "sms"),
        ("/voice".to_owned(), json!(null), Code::RequiredValue, "voice"),
        ("/email".to_owned(), json!(null), Code::RequiredValue, "email"),
        ("/mobile".to_owned(), json!(null), Code::RequiredValue, "mobile"),
        ("/totp".to_owned(), json!(null), Code::RequiredValue, "totp"),
        ("/sms/enabled".to_owned(), json!(null), Code::RequiredValue, "sms.enabled"),
        ("/sms/otp/lifeTime".to_owned(), json!(null), Code::RequiredValue, "sms.otp.lifeTime"),
        ("/sms/otp/failure/count".to_owned(), json!(8), Code::OutOfRange, "sms.otp.failure.count"),
        (
            "/sms/otp/failure/coolDown".to_owned(),
            time(31, minutes),
            Code::OutOfRange,
            "sms.otp.failure.coolDown.duration",
        ),
        (
            "/sms/otp/failure/coolDown".to_owned(),
            time(1801, seconds),
            Code::OutOfRange,
            "sms.otp.failure.coolDown.duration",
        ),
        ("/sms/otp/lifeTime".to_owned(), time(121, minutes), Code::OutOfRange, "sms.otp.lifeTime.duration"),
        ("/sms/otp/lifeTime".to_owned(), time(59, seconds), Code::OutOfRange, "sms.otp.lifeTime.duration"),
        ("/sms/otp/lifeTime".to_owned(), time(1, "DAYS"), Code::InvalidValue, "sms.otp.lifeTime.timeUnit"),
        ("/sms/otp/otpLength".to_owned(), json!(5), Code::OutOfRange, "sms.otp.otpLength"),
        ("/voice/otp/otpLength".to_owned(), json!(11), Code::OutOfRange, "voice.otp.otpLength"),
        ("/mobile/otp/failure/count".to_owned(), json!(0), Code::OutOfRange, "mobile.otp.failure.count"),
        (
            "/mobile/otp/failure/coolDown".to_owned(),
            time(1, minutes),
            Code::OutOfRange,
            "mobile.otp.failure.coolDown.duration",
        ),
        (format!("{app}/id"), json!(null), Code::RequiredValue, "mobile.applications[0].id"),
        (format!("{app}/push"), json!({}), Code::RequiredValue, "mobile.applications[0].push.enabled"),
        (
            format!("{app}/pushTimeout"),
            time(39, seconds),
            Code::OutOfRange,
            "mobile.applications[0].pushTimeout.duration",
        ),
        (
            format!("{app}/pushTimeout"),
            time(1, minutes),
            Code::InvalidValue,
            "mobile.applications[0].pushTimeout.timeUnit",
        ),
        (
            format!("{app}/pairingKeyLifetime"),
            time(49, "HOURS"),
            Code::OutOfRange,
            "mobile.applications[0].pairingKeyLifetime.duration",
        ),
        (
            format!("{app}/pushLimit"),
            json!({"count": 51}),
            Code::OutOfRange,
            "mobile.applications[0].pushLimit.count",
        ),
        (
            format!("{app}/deviceAuthorization"),
            json!({"enabled": true, "extraVerification": "x"}),
            Code::InvalidValue,
            "mobile.applications[0].deviceAuthorization.extraVerification",
        ),
        (
            format!("{app}/integrityDetection"),
            json!("x"),
            Code::InvalidValue,
            "mobile.applications[0].integrityDetection",
        ),
        ("/totp/passcodeGracePeriod".to_owned(), json!(11), Code::OutOfRange, "totp.passcodeGracePeriod"),
        (
            "/totp/otp/failure/coolDown".to_owned(),
            time(119, seconds),
            Code::OutOfRange,
            "totp.otp.failure.coolDown.duration",
        ),
        (
            "/oathToken".to_owned(),
            json!({"enabled": true, "otp": {"failure": {"coolDown": {"duration": 0, "timeUnit": "SECONDS"}}}}),
            Code::OutOfRange,
            "oathToken.otp.failure.coolDown.duration",
        ),
        ("/whatsApp".to_owned(), json!({}), Code::RequiredValue, "whatsApp.enabled"),
        (
            "/rememberMe".to_owned(),
            json!({"web": {"enabled": true, "lifeTime": time(91, "DAYS")}}),
            Code::OutOfRange,
            "rememberMe.web.lifeTime.duration",
        ),
        (
            "/authentication".to_owned(),
            json!({"deviceSelection": "x"}),
            Code::InvalidValue,
            "authentication.deviceSelection",
        ),
        ("/newDeviceNotification".to_owned(), json!("x"), Code::InvalidValue, "newDeviceNotification"),
        ("/notificationsPolicy".to_owned(), json!({"id": "x"}), Code::InvalidValue, "notificationsPolicy.id"),
        (
            "/pingIdDesktopGen2".to_owned(),
            json!({"enabled": true}),
            Code::InvalidValue,
            "pingIdDesktopGen2.enabled",
        ),
        ("/yubikey".to_owned(), json!({"enabled": true}), Code::InvalidValue, "yubikey.enabled"),
    ];
    for (pointer, value, code, target) in table {
        let problems = read(&changed(&pointer, value.clone())).unwrap_err();
        assert_eq!(
            (problems[0].code, problems[0].target.as_deref()),
            (code, Some(target)),
            "{pointer} {value}"
        );
        assert_eq!(problems.len(), 1, "{pointer} {value}: {problems:?}");
    }
}

#[test]
fn all_faults_of_a_bad_policy_come_at_once() {
    let body =
        json!({"sms": {"otp": {"otpLength": 1}}, "email": 1, "totp": {"enabled": "maybe"}, "default": "no"});
    let problems = read(&body).unwrap_err();
    let targets: Vec<_> = problems.iter().filter_map(|problem| problem.target.as_deref()).collect();
    assert_eq!(
        targets,
        [
            "name",
            "sms.enabled",
            "sms.otp.failure",
            "sms.otp.lifeTime",
            "sms.otp.otpLength",
            "email",
            "mobile",
            "totp.enabled",
            "voice",
            "default"
        ]
    );
}

#[test]
fn legacy_security_keys_and_fido2_do_not_go_together() {
    let problems = read(&changed("/fido2", json!({"enabled": true}))).unwrap_err();
    assert!(problems[0].message.starts_with("Deprecated Fido Settings"), "{}", problems[0].message);
    let mut modern = changed("/fido2", json!({"enabled": true, "fido2PolicyId": null}));
    modern.as_object_mut().unwrap().retain(|name, _| name != "securityKey" && name != "platform");
    assert!(read(&modern).unwrap().enables(DeviceType::Fido2));
}

#[test]
fn a_method_says_what_rules_need() {
    let policy = read(&changed("/sms/otp/lifeTime", json!({"duration": 90, "timeUnit": "SECONDS"}))).unwrap();
    let sms = policy.method(DeviceType::Sms).unwrap();
    assert_eq!((sms.enabled, sms.otp_length, sms.life_time), (true, 6, Span::seconds(90)));
    assert_eq!((sms.failure_count, sms.cool_down, sms.pairing_disabled), (3, Span::ZERO, false));
    assert_eq!(policy.method(DeviceType::Totp).unwrap().cool_down, Span::minutes(2));
    assert!(!policy.enables(DeviceType::Voice) && policy.method(DeviceType::WhatsApp).is_none());
    assert!(policy.method(DeviceType::Browser).is_none() && !policy.enables(DeviceType::Fido2));
}

#[test]
fn the_first_policies_of_an_environment_pass_their_own_declaration() {
    for policy in [DevicePolicy::initial_default(), DevicePolicy::development_default()] {
        let wire = serde_json::to_value(&policy).unwrap();
        assert_eq!(read(&wire).unwrap(), policy);
    }
    let initial = DevicePolicy::initial_default();
    assert!(
        initial.enables(DeviceType::Email)
            && initial.enables(DeviceType::Totp)
            && initial.enables(DeviceType::Fido2)
    );
    assert!(!initial.enables(DeviceType::Sms) && !initial.enables(DeviceType::Voice) && initial.default);
    let development = DevicePolicy::development_default();
    for kind in [DeviceType::Sms, DeviceType::Voice, DeviceType::Email] {
        assert!(development.enables(kind), "{kind}");
    }
}
