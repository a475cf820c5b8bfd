//! What an application body may say.

use serde_json::{Value, json};

use super::*;
use crate::problem::{Code, Problem};
use crate::schema::Declared;

fn web_app() -> Value {
    json!({
        "enabled": true, "name": "MFA_WebApp_1767607200", "description": "OIDC web application", "type": "WEB_APP",
        "protocol": "OPENID_CONNECT", "grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"],
        "redirectUris": ["https://www.example.com"], "postLogoutRedirectUris": ["https://www.example.com/bye"],
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC", "pkceEnforcement": "OPTIONAL"
    })
}

fn with(changes: &Value) -> Value {
    let mut body = web_app();
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

fn read(body: &Value) -> Result<Application, Vec<Problem>> {
    Application::read(body, None, &[]).map(|(application, _)| application)
}

#[test]
fn the_web_application_of_the_workflows_is_echoed_with_its_defaults() {
    let application = serde_json::to_value(read(&web_app()).unwrap()).unwrap();
    let mut expected = web_app();
    let defaults = json!({
        "hiddenFromAppPortal": false, "assignActorRoles": false, "requestScopesForMultipleResourcesEnabled": false,
        "deviceTimeout": 600, "devicePollingInterval": 5, "idpSignoff": false,
        "additionalRefreshTokenReplayProtectionEnabled": true, "parRequirement": "OPTIONAL", "parTimeout": 60
    });
    expected.as_object_mut().unwrap().extend(defaults.as_object().unwrap().clone());
    assert_eq!(application, expected);
}

#[test]
fn a_worker_gets_client_credentials_and_its_creators_roles() {
    let body = json!({"enabled": true, "name": "w", "type": "WORKER", "protocol": "OPENID_CONNECT",
                      "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"});
    let worker = read(&body).unwrap();
    assert_eq!(worker.grant_types, [GrantType::ClientCredentials]);
    assert!(worker.assign_actor_roles && worker.response_types.is_none());
}

#[test]
fn each_fault_is_named() {
    let table = [
        (json!({"type": "TEMPLATE_APP"}), Code::InvalidValue, "type"),
        (json!({"protocol": "PIGEON"}), Code::InvalidValue, "protocol"),
        (json!({"enabled": null}), Code::RequiredValue, "enabled"),
        (json!({"tokenEndpointAuthMethod": null}), Code::RequiredValue, "tokenEndpointAuthMethod"),
        (json!({"grantTypes": []}), Code::EmptyValue, "grantTypes"),
        (json!({"grantTypes": ["X"]}), Code::InvalidValue, "grantTypes[0]"),
        (json!({"responseTypes": null}), Code::RequiredValue, "responseTypes"),
        (json!({"responseTypes": ["TOKEN"]}), Code::InvalidValue, "responseTypes"),
        (json!({"grantTypes": ["IMPLICIT"]}), Code::InvalidValue, "responseTypes"),
        (json!({"redirectUris": ["/path"]}), Code::InvalidValue, "redirectUris[0]"),
        (json!({"redirectUris": ["https://a.example/#x"]}), Code::InvalidValue, "redirectUris[0]"),
        (json!({"redirectUris": ["https://a.example/*"]}), Code::InvalidValue, "redirectUris[0]"),
        (json!({"redirectUris": ["javascript:alert(1)"]}), Code::InvalidValue, "redirectUris[0]"),
        (json!({"postLogoutRedirectUris": ["x"]}), Code::InvalidValue, "postLogoutRedirectUris[0]"),
        (
            json!({"grantTypes": ["CLIENT_CREDENTIALS"], "tokenEndpointAuthMethod": "NONE"}),
            Code::InvalidValue,
            "tokenEndpointAuthMethod",
        ),
        (json!({"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT"}), Code::RequiredValue, "jwks"),
        (json!({"jwks": "{}"}), Code::InvalidValue, "jwks"),
        (json!({"jwksUrl": "http://a.example"}), Code::InvalidValue, "jwksUrl"),
        (json!({"parTimeout": 601}), Code::OutOfRange, "parTimeout"),
        (json!({"refreshTokenDuration": 59}), Code::OutOfRange, "refreshTokenDuration"),
        (
            json!({"refreshTokenRollingGracePeriodDuration": 86_401}),
            Code::OutOfRange,
            "refreshTokenRollingGracePeriodDuration",
        ),
        (json!({"deviceTimeout": 0}), Code::OutOfRange, "deviceTimeout"),
        (json!({"devicePollingInterval": 61}), Code::OutOfRange, "devicePollingInterval"),
        (json!({"devicePathId": "a b"}), Code::InvalidValue, "devicePathId"),
        (
            json!({"supportUnsignedRequestObject": true, "requireSignedRequestObject": true}),
            Code::InvalidValue,
            "requireSignedRequestObject",
        ),
        (json!({"corsSettings": {}}), Code::RequiredValue, "corsSettings.behavior"),
        (
            json!({"corsSettings": {"behavior": "ALLOW_SPECIFIC_ORIGINS"}}),
            Code::RequiredValue,
            "corsSettings.origins",
        ),
        (
            json!({"corsSettings": {"behavior": "ALLOW_NO_ORIGINS", "origins": ["https://a.example"]}}),
            Code::InvalidValue,
            "corsSettings.origins",
        ),
        (
            json!({"corsSettings": {"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": ["https://a.example/x"]}}),
            Code::InvalidValue,
            "corsSettings.origins[0]",
        ),
        (
            json!({"accessControl": {"group": {"type": "ANY_GROUP"}}}),
            Code::RequiredValue,
            "accessControl.group.groups",
        ),
        (json!({"mobile": {"bundleId": "com.acme"}}), Code::InvalidValue, "mobile"),
    ];
    for (changes, code, target) in table {
        let problems = read(&with(&changes)).unwrap_err();
        assert_eq!(
            (problems[0].code, problems[0].target.as_deref()),
            (code, Some(target)),
            "{changes}: {problems:?}"
        );
        assert_eq!(problems.len(), 1, "{changes}: {problems:?}");
    }
}

#[test]
fn an_unsupported_type_is_named_in_the_message() {
    let problems = read(&with(&json!({"type": "TEMPLATE_APP"}))).unwrap_err();
    assert!(problems[0].message.contains("TEMPLATE_APP"), "{}", problems[0].message);
}

#[test]
fn wildcards_and_custom_schemes_pass_where_allowed() {
    let wild = json!({"allowWildcardInRedirectUris": true, "redirectUris": ["https://*.example.com/cb", "com.acme.app://cb"]});
    assert!(read(&with(&wild)).is_ok());
}

#[test]
fn a_type_never_changes() {
    let stored = serde_json::to_value(read(&web_app()).unwrap()).unwrap();
    let problems = Application::read(&with(&json!({"type": "WORKER"})), stored.as_object(), &[]).unwrap_err();
    assert_eq!(problems[0].target.as_deref(), Some("type"));
}

#[test]
fn a_native_application_keeps_its_bundle_and_hides_its_google_keys() {
    let body = with(&json!({
        "type": "NATIVE_APP",
        "mobile": {"bundleId": "com.acme", "passcodeRefreshDuration": {"duration": 30, "timeUnit": "SECONDS"},
                   "integrityDetection": {"mode": "ENABLED", "cacheDuration": {"amount": 30, "units": "MINUTES"},
                                          "googlePlay": {"verificationType": "GOOGLE", "serviceAccountCredentials": "{\"k\":1}"}}}
    }));
    let (application, secrets) = Application::read(&body, None, &[]).unwrap();
    assert!(application.secret_problems(&secrets).is_empty());
    assert_eq!(application.secret_problems(&Default::default()).len(), 1);
    let stored = serde_json::to_value(&application).unwrap();
    assert!(!stored.to_string().contains("serviceAccountCredentials"));
    let renamed = with(&json!({"type": "NATIVE_APP", "mobile": {"bundleId": "com.other"}}));
    let problems = Application::read(&renamed, stored.as_object(), &[]).unwrap_err();
    assert_eq!(problems[0].target.as_deref(), Some("mobile.bundleId"));
}

#[test]
fn what_is_sealed_is_neither_taken_nor_shown() {
    let (application, _) = Application::read(&with(&json!({"sealed": "forged"})), None, &[]).unwrap();
    assert!(application.sealed.is_none());
    let mut stored = serde_json::to_value(&application).unwrap().as_object().unwrap().clone();
    stored.insert("sealed".to_owned(), json!("cipher"));
    let kept = Application::read(&web_app(), Some(&stored), &[]).unwrap().0;
    assert_eq!(kept.sealed, Some(Sealed("cipher".to_owned())));
    Application::schema().hide_write_only(&mut stored);
    assert!(!stored.contains_key("sealed"));
}
