//! What an action body may say.

use serde_json::{Value, json};

use super::*;
use crate::problem::{Code, Problem};
use crate::schema::Declared;

const ID: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

fn read(body: &Value) -> Result<SignOnAction, Vec<Problem>> {
    SignOnAction::read(body, None, &[("signOnPolicy", json!({"id": ID}))]).map(|(action, _)| action)
}

#[test]
fn the_action_of_the_workflow_is_echoed_with_its_defaults() {
    let body = json!({"priority": 5, "type": "MULTI_FACTOR_AUTHENTICATION", "sms": {"enabled": true}, "email": {"enabled": false}});
    let off = json!({"enabled": false});
    let action = read(&body).unwrap();
    assert_eq!(action.kind(), ActionType::MultiFactorAuthentication);
    assert_eq!(
        serde_json::to_value(action).unwrap(),
        json!({"signOnPolicy": {"id": ID}, "type": "MULTI_FACTOR_AUTHENTICATION", "priority": 5, "sms": {"enabled": true},
               "voice": off, "email": off, "authenticator": off, "securityKey": off, "boundBiometrics": off,
               "applications": [], "noDevicesMode": "BLOCK"})
    );
}

#[test]
fn every_type_reads_its_own_members() {
    let bodies = [
        json!({"type": "LOGIN", "priority": 1}),
        json!({"type": "LOGIN", "priority": 1, "recovery": {"enabled": true}, "registration": {"enabled": true, "population": {"id": ID}}}),
        json!({"type": "MULTI_FACTOR_AUTHENTICATION", "priority": 1, "deviceAuthenticationPolicy": {"id": ID}, "noDevicesMode": "BYPASS"}),
        json!({"type": "IDENTIFIER_FIRST", "priority": 1, "discoveryRules": [
            {"condition": {"contains": "@example.com", "value": "${identifier}"}, "identityProvider": {"id": ID}}]}),
        json!({"type": "IDENTITY_PROVIDER", "priority": 1, "identityProvider": {"id": ID}}),
        json!({"type": "PROGRESSIVE_PROFILING", "priority": 1, "attributes": [{"name": "nickname", "required": false}],
               "preventMultiplePromptsPerFlow": true, "promptIntervalSeconds": 3600, "promptText": "Tell us more."}),
        json!({"type": "AGREEMENT", "priority": 1, "agreement": {"id": ID}}),
        json!({"type": "PINGID_AUTHENTICATION", "priority": 1}),
        json!({"type": "PINGID_WINLOGIN_PASSWORDLESS_AUTHENTICATION", "priority": 1}),
    ];
    for body in bodies {
        let action = read(&body).unwrap();
        assert_eq!(action.kind().as_str(), body["type"], "{body}");
        let wire = serde_json::to_value(&action).unwrap();
        for (name, value) in body.as_object().unwrap() {
            assert_eq!(&wire[name], value, "{body}");
        }
        let again: SignOnAction = serde_json::from_value(wire).unwrap();
        assert_eq!(again, action);
    }
}

#[test]
fn each_fault_is_named() {
    let mfa = "MULTI_FACTOR_AUTHENTICATION";
    let table = [
        (json!({"type": "LOGIN"}), Code::RequiredValue, "priority"),
        (json!({"type": "LOGIN", "priority": 0}), Code::OutOfRange, "priority"),
        (json!({"type": "LOGIN", "priority": 1.5}), Code::InvalidValue, "priority"),
        (json!({"type": "X", "priority": 1}), Code::InvalidValue, "type"),
        (json!({"priority": 1}), Code::RequiredValue, "type"),
        (json!({"type": mfa, "priority": 1}), Code::RequiredValue, "deviceAuthenticationPolicy"),
        (json!({"type": mfa, "priority": 1, "sms": {}}), Code::RequiredValue, "sms.enabled"),
        (
            json!({"type": mfa, "priority": 1, "sms": {"enabled": true}, "noDevicesMode": "X"}),
            Code::InvalidValue,
            "noDevicesMode",
        ),
        (
            json!({"type": mfa, "priority": 1, "applications": [{}]}),
            Code::RequiredValue,
            "applications[0].id",
        ),
        (json!({"type": "IDENTITY_PROVIDER", "priority": 1}), Code::RequiredValue, "identityProvider"),
        (json!({"type": "AGREEMENT", "priority": 1}), Code::RequiredValue, "agreement"),
        (json!({"type": "LOGIN", "priority": 2, "condition": {"x": 1}}), Code::InvalidValue, "condition"),
        (
            json!({"type": "LOGIN", "priority": 1, "condition": {"value": "${user.type}", "equals": "x"}}),
            Code::InvalidValue,
            "condition",
        ),
    ];
    for (body, code, target) in table {
        let problems = read(&body).unwrap_err();
        assert_eq!((problems[0].code, problems[0].target.as_deref()), (code, Some(target)), "{body}");
        assert_eq!(problems.len(), 1, "{body}: {problems:?}");
    }
}

#[test]
fn an_action_keeps_its_type() {
    let old = serde_json::to_value(read(&json!({"type": "LOGIN", "priority": 1})).unwrap()).unwrap();
    let body = json!({"type": "AGREEMENT", "priority": 1, "agreement": {"id": ID}});
    let problems = SignOnAction::read(&body, old.as_object(), &[]).unwrap_err();
    assert_eq!(problems[0].target.as_deref(), Some("type"));
}
