use serde_json::json;

use super::*;
use crate::jose::hmac;
use crate::jose::jwk::JwkSet;
use crate::jose::signing::{SigningAlgorithm, SigningKey};

const CLIENT: &str = "3f0c9bb5-3a4e-4a57-8f5c-1d9b54d27a01";
const ISSUER: &str = "https://auth.example.com/env/as";
const NOW: i64 = 1_767_607_200;

fn expected() -> Expected<'static> {
    Expected { client: CLIENT, issuer: ISSUER, now: Timestamp::from_seconds(NOW) }
}

fn payload() -> Value {
    json!({
        "iss": CLIENT, "sub": "user-1", "aud": ISSUER, "iat": NOW, "exp": NOW + 3600,
        "pi.template": {"name": "transaction", "variables": {"sum": "1,000,000", "count": 3}},
        "pi.clientContext": {"transactionId": "T-4711"},
        "pi.remoteIp": "192.0.2.10"
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = payload();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = payload();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn signed(claims: &Value) -> String {
    hmac::sign(Algorithm::HS256, b"the client secret", claims).unwrap()
}

fn secrets<'a>(texts: &'a [&str]) -> impl Fn(Option<&str>, Algorithm) -> Vec<VerifyingKey> + Sync + 'a {
    move |_, algorithm| match Algorithm::SHARED_SECRET.contains(&algorithm) {
        true => texts.iter().map(|text| VerifyingKey::from_secret(text.as_bytes()).unwrap()).collect(),
        false => Vec::new(),
    }
}

fn none(_: Option<&str>, _: Algorithm) -> Vec<VerifyingKey> {
    Vec::new()
}

fn object(token: &str) -> Result<(Claims, ObjectClaims), OAuthError> {
    request_object(token, &secrets(&["the client secret"]), false, expected())
}

fn hint(token: &str) -> Result<String, OAuthError> {
    login_hint(token, &secrets(&["the client secret"]), expected())
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| data_encoding::BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}.", part(header), part(claims))
}

#[test]
fn one_token_serves_as_request_and_as_hint() {
    let token = signed(&payload());
    assert_eq!(hint(&token).unwrap(), "user-1");
    let (_, object) = object(&token).unwrap();
    assert_eq!(object.subject.as_deref(), Some("user-1"));
    assert_eq!(object.remote_ip, Some("192.0.2.10".parse().unwrap()));
    let template = object.template.unwrap();
    assert_eq!((template.name.as_str(), template.variables["count"].as_str()), ("transaction", Some("3")));
}

#[test]
fn every_shared_secret_algorithm_counts() {
    for algorithm in Algorithm::SHARED_SECRET {
        let token = hmac::sign(algorithm, b"the client secret", &payload()).unwrap();
        assert!(hint(&token).is_ok(), "{}", algorithm.name());
    }
}

#[test]
fn the_previous_secret_counts_while_it_is_offered() {
    let token = signed(&payload());
    assert!(login_hint(&token, &secrets(&["a new secret", "the client secret"]), expected()).is_ok());
    assert!(login_hint(&token, &secrets(&["a new secret"]), expected()).is_err());
}

#[test]
fn a_bad_signature_is_refused() {
    let token = hmac::sign(Algorithm::HS256, b"another secret", &payload()).unwrap();
    assert_eq!(object(&token).unwrap_err().code, ErrorCode::InvalidRequestObject);
    assert_eq!(hint(&token).unwrap_err().target, "login_hint_token");
    let mut parts: Vec<String> = signed(&payload()).split('.').map(str::to_owned).collect();
    parts[1] = data_encoding::BASE64URL_NOPAD.encode(with("sub", json!("admin")).to_string().as_bytes());
    assert!(hint(&parts.join(".")).is_err());
}

#[test]
fn an_unsigned_token_is_a_request_object_only_where_allowed_and_never_a_hint() {
    let token = unsigned(&json!({"alg": "none"}), &payload());
    assert!(hint(&token).is_err());
    assert!(object(&token).is_err());
    let (claims, object) = request_object(&token, &none, true, expected()).unwrap();
    assert_eq!(claims.issuer(), Some(CLIENT));
    assert_eq!(object, ObjectClaims::default(), "an unsigned object names no user and carries no message");
    let forged = format!("{token}{}", "c2lnbmF0dXJl");
    assert!(request_object(&forged, &none, true, expected()).is_err());
}

#[test]
fn a_public_key_is_not_a_shared_secret() {
    let key = SigningKey::generate(SigningAlgorithm::ES256, "k1").unwrap();
    let jwks = json!({"keys": [key.public_jwk()]}).to_string();
    let set = JwkSet::parse(&jwks).unwrap();
    let keys = |kid: Option<&str>, algorithm| {
        set.select(kid, algorithm).map(|jwk| VerifyingKey::from_jwk(jwk).unwrap()).collect()
    };
    let token = key.sign(Some("JWT"), &payload()).unwrap();
    assert!(request_object(&token, &keys, false, expected()).is_ok());
    let confused = hmac::sign(Algorithm::HS256, jwks.as_bytes(), &payload()).unwrap();
    assert!(request_object(&confused, &keys, false, expected()).is_err());
    let other = SigningKey::generate(SigningAlgorithm::ES256, "k1").unwrap().sign(None, &payload()).unwrap();
    assert!(request_object(&other, &keys, false, expected()).is_err());
}

#[test]
fn claims_about_origin_and_time_are_checked() {
    let cases = [
        (with("iss", json!("another client")), "iss"),
        (without("iss"), "iss"),
        (with("aud", json!("https://evil.example/as")), "aud"),
        (with("aud", json!([CLIENT])), "aud"),
        (without("aud"), "aud"),
        (with("exp", json!(NOW - 31)), "exp"),
        (with("exp", json!("tomorrow")), "exp"),
        (with("nbf", json!(NOW + 31)), "nbf"),
    ];
    for (claims, claim) in cases {
        let token = signed(&claims);
        assert_eq!(object(&token).unwrap_err().claim, Some(claim), "{claims}");
        assert_eq!(hint(&token).unwrap_err().claim, Some(claim), "{claims}");
    }
    assert!(hint(&signed(&with("aud", json!(["x", ISSUER])))).is_ok());
}

#[test]
fn a_hint_must_expire_and_name_a_user_and_a_request_object_need_not() {
    assert_eq!(hint(&signed(&without("exp"))).unwrap_err().claim, Some("exp"));
    assert_eq!(hint(&signed(&without("sub"))).unwrap_err().claim, Some("sub"));
    assert!(object(&signed(&without("exp"))).is_ok());
    assert_eq!(object(&signed(&with("sub", json!(CLIENT)))).unwrap().1.subject, None);
}

#[test]
fn nested_and_encrypted_tokens_are_refused() {
    for header in [
        json!({"alg": "none", "cty": "JWT"}),
        json!({"alg": "none", "enc": "A128GCM"}),
        json!({"alg": "none", "crit": ["x"]}),
    ] {
        assert!(request_object(&unsigned(&header, &payload()), &none, true, expected()).is_err(), "{header}");
    }
}

#[test]
fn a_template_of_the_wrong_form_is_refused() {
    for template in [
        json!("transaction"),
        json!({}),
        json!({"name": ""}),
        json!({"name": "t", "variant": 1}),
        json!({"name": "t", "variables": []}),
        json!({"name": "t", "variables": {"a": {}}}),
    ] {
        let error = object(&signed(&with("pi.template", template.clone()))).unwrap_err();
        assert_eq!(error.claim, Some("pi.template"), "{template}");
    }
    assert_eq!(
        object(&signed(&with("pi.remoteIp", json!("localhost")))).unwrap_err().claim,
        Some("pi.remoteIp")
    );
    assert_eq!(
        object(&signed(&with("pi.clientContext", json!([])))).unwrap_err().claim,
        Some("pi.clientContext")
    );
}
