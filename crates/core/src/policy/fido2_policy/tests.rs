//! What a FIDO2 policy may say, and what comes back.

use serde_json::{Value, json};

use super::*;
use crate::directory::user::User;
use crate::problem::{Code, Problem};
use crate::schema::Declared;

fn body() -> Value {
    json!({
        "name": "Passkeys of customers", "description": "", "deviceDisplayName": "Passkey", "relyingPartyId": "example.com",
        "attestationRequirements": "NONE", "authenticatorAttachment": "BOTH", "discoverableCredentials": "PREFERRED",
        "userVerification": {"option": "PREFERRED", "enforceDuringAuthentication": true},
        "backupEligibility": {"allow": true, "enforceDuringAuthentication": true},
        "mdsAuthenticatorsRequirements": {"option": "NONE", "enforceDuringAuthentication": false},
        "userDisplayNameAttributes": {"attributes": [
            {"name": "name", "subAttributes": [{"name": "given"}, {"name": "family"}]}, {"name": "username"}]},
        "default": false,
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut body = body();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

fn read(body: &Value) -> Result<Fido2Policy, Vec<Problem>> {
    Fido2Policy::read(body, None, &[]).map(|(policy, _)| policy)
}

fn refused(body: &Value) -> Vec<(Code, String)> {
    let problems = read(body).unwrap_err();
    problems.into_iter().map(|problem| (problem.code, problem.target.unwrap_or_default())).collect()
}

#[test]
fn a_policy_comes_back_with_its_timeout_and_its_aggregation_filled_in() {
    let mut expected = body();
    expected["userPresenceTimeout"] = json!({"duration": 2, "timeUnit": "MINUTES"});
    expected["aggregateDevices"] = json!(false);
    assert_eq!(serde_json::to_value(read(&body()).unwrap()).unwrap(), expected);
}

#[test]
fn everything_that_is_needed_is_asked_for_at_once() {
    let targets: Vec<String> = refused(&json!({})).into_iter().map(|(_, target)| target).collect();
    assert_eq!(
        targets,
        [
            "name",
            "deviceDisplayName",
            "discoverableCredentials",
            "authenticatorAttachment",
            "userVerification",
            "backupEligibility",
            "userDisplayNameAttributes",
            "attestationRequirements",
            "mdsAuthenticatorsRequirements",
            "relyingPartyId",
        ]
    );
}

#[test]
fn authenticators_are_not_chosen_without_attestation() {
    let mut body = with("/mdsAuthenticatorsRequirements/option", json!("CERTIFIED"));
    assert_eq!(refused(&body), [(Code::InvalidValue, "mdsAuthenticatorsRequirements.option".to_owned())]);
    body["attestationRequirements"] = json!("DIRECT");
    assert!(read(&body).is_ok());
}

#[test]
fn specific_authenticators_are_named_and_other_options_name_none() {
    let mut body = with("/mdsAuthenticatorsRequirements/option", json!("SPECIFIC"));
    body["attestationRequirements"] = json!("DIRECT");
    let target = "mdsAuthenticatorsRequirements.allowedAuthenticators".to_owned();
    assert_eq!(refused(&body), [(Code::RequiredValue, target)]);
    body["mdsAuthenticatorsRequirements"]["allowedAuthenticators"] = json!([{"id": "AB-12"}]);
    let policy = read(&body).unwrap();
    assert!(policy.mds_authenticators_requirements.names("ab-12"));
    body["mdsAuthenticatorsRequirements"]["option"] = json!("GLOBAL");
    assert_eq!(read(&body).unwrap().mds_authenticators_requirements.allowed_authenticators, None);
}

#[test]
fn names_of_users_come_from_their_texts_and_one_is_never_empty() {
    let at = |attributes: Value| with("/userDisplayNameAttributes/attributes", attributes);
    let all = "userDisplayNameAttributes.attributes";
    for (attributes, target) in [
        (json!([{"name": "email"}]), all.to_owned()),
        (json!([{"name": "username"}, {"name": "enabled"}]), format!("{all}[1].name")),
        (json!([{"name": "username"}, {"name": "name"}]), format!("{all}[1].subAttributes")),
        (
            json!([{"name": "username"}, {"name": "name", "subAttributes": [{"name": "given"}]}]),
            format!("{all}[1].subAttributes"),
        ),
        (
            json!([{"name": "username", "subAttributes": [{"name": "given"}, {"name": "family"}]}]),
            format!("{all}[0].subAttributes"),
        ),
    ] {
        let found: Vec<String> = refused(&at(attributes)).into_iter().map(|(_, target)| target).collect();
        assert_eq!(found, [target]);
    }
    let seven: Vec<Value> = (0..7).map(|_| json!({"name": "username"})).collect();
    assert_eq!(refused(&at(json!(seven)))[0].0, Code::SizeLimitExceeded);
}

#[test]
fn the_first_name_that_is_not_empty_counts() {
    let names = |attributes: Value| {
        read(&with("/userDisplayNameAttributes/attributes", attributes)).unwrap().user_display_name_attributes
    };
    let user = json!({"username": "pat", "email": "pat@example.com", "name": {"family": "Ng"},
        "population": {"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}});
    let user: User = serde_json::from_value(user).unwrap();
    let full = json!({"name": "name", "subAttributes": [{"name": "given"}, {"name": "family"}]});
    assert_eq!(names(json!([{"name": "nickname"}, full, {"name": "username"}])).of(&user, ""), "Ng");
    assert_eq!(names(json!([{"name": "nickname"}, {"name": "username"}])).of(&user, ""), "pat");
    let suffixed = DisplayNames {
        suffix: Some(DisplaySuffix::OrganizationAndEnvironment),
        ..names(json!([{"name": "email"}, {"name": "username"}]))
    };
    assert_eq!(suffixed.of(&user, "Acme lab"), "pat@example.com (Acme lab)");
}

#[test]
fn relying_parties_are_lower_case_domains() {
    for domain in ["example.com", "a-b.example.co", "localhost", "x.xn--p1ai", "sign_on.example.com"] {
        assert!(is_relying_party_id(domain), "{domain}");
    }
    for text in [
        "",
        "example",
        "Example.com",
        "example.com:8080",
        "https://example.com",
        "1.2.3.4",
        ".com",
        "a..com",
        "a.c",
    ] {
        assert!(!is_relying_party_id(text), "{text}");
    }
    assert_eq!(refused(&with("/relyingPartyId", json!("Example.com")))[0].1, "relyingPartyId");
}

#[test]
fn the_timeout_is_one_to_ten_minutes() {
    assert!(read(&with("/userPresenceTimeout", json!({"duration": 600, "timeUnit": "SECONDS"}))).is_ok());
    for (duration, unit) in [(11, "MINUTES"), (59, "SECONDS"), (0, "MINUTES")] {
        let body = with("/userPresenceTimeout", json!({"duration": duration, "timeUnit": unit}));
        assert_eq!(refused(&body)[0].0, Code::OutOfRange);
    }
}

#[test]
fn what_cannot_be_enforced_is_refused() {
    let pin = with("/userVerification/pinRequirement", json!({"option": "REQUIRED", "minLength": 6}));
    assert_eq!(refused(&pin)[0].1, "userVerification.pinRequirement");
    let identifier = with("/eaUniqueIdentifierAttribute", json!({"name": "serial"}));
    assert_eq!(refused(&identifier)[0].1, "eaUniqueIdentifierAttribute");
    assert!(refused(&with("/publicKeyCredentialHints", json!([]))).len() == 1);
}

#[test]
fn the_default_policy_fits_its_own_rules_and_its_host() {
    for (host, id) in
        [("auth.example.com", "auth.example.com"), ("127.0.0.1", "localhost"), ("auth", "localhost")]
    {
        let policy = Fido2Policy::initial_default(host);
        assert_eq!(policy.relying_party_id, id);
        assert_eq!(read(&serde_json::to_value(&policy).unwrap()).unwrap(), policy);
    }
}

#[test]
fn the_default_policy_is_for_the_host_of_the_service() {
    for (url, id) in [
        ("https://auth.example.com:8443/p", "auth.example.com"),
        ("http://127.0.0.1:8080", "localhost"),
        ("http://[::1]:80", "localhost"),
        ("http://localhost:8080", "localhost"),
        ("", "localhost"),
    ] {
        assert_eq!(Fido2Policy::initial_at(url).relying_party_id, id);
    }
}

#[test]
fn what_is_enforced_at_each_use_follows_the_flags() {
    let mut policy = read(&body()).unwrap();
    assert!(!policy.verifies_user(false));
    assert!(policy.verifies_user(true), "who is nobody yet must be verified");
    policy.user_verification.option = Wanted::Required;
    assert!(policy.verifies_user(false));
    policy.user_verification.enforce_during_authentication = false;
    assert!(!policy.verifies_user(false));
    policy.backup_eligibility.allow = false;
    assert!(policy.allows_use_of(false) && !policy.allows_use_of(true));
    policy.backup_eligibility.enforce_during_authentication = false;
    assert!(policy.allows_use_of(true));
}
