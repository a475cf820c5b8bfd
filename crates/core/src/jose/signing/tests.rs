//! Tests of signing: round trips, export, and agreement with another implementation in both directions.

use std::sync::LazyLock;

use data_encoding::BASE64;
use jsonwebtoken::{Algorithm as TheirAlgorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};

use super::*;
use crate::jose::claims::Claims;
use crate::jose::jws::Unverified;

/// Making an RSA key is slow in a debug build; one serves all tests.
static RSA: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(SigningAlgorithm::RS256, "rsa-1").unwrap());

fn ec() -> SigningKey {
    SigningKey::generate(SigningAlgorithm::ES256, "ec-1").unwrap()
}

fn payload() -> Value {
    json!({"sub": "alice", "aud": ["https://api.example.com"], "exp": 4_102_444_800_i64})
}

fn ours(token: &str, key: &VerifyingKey, algorithm: Algorithm) -> Claims {
    Unverified::parse(token).unwrap().verify(key, &[algorithm]).unwrap()
}

fn theirs(token: &str, key: &DecodingKey, algorithm: TheirAlgorithm) -> Value {
    let mut validation = Validation::new(algorithm);
    validation.validate_aud = false;
    jsonwebtoken::decode::<Value>(token, key, &validation).unwrap().claims
}

fn pem(der: &[u8]) -> String {
    let mut text = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in BASE64.encode(der).as_bytes().chunks(64) {
        text.push_str(std::str::from_utf8(line).unwrap());
        text.push('\n');
    }
    text + "-----END PRIVATE KEY-----\n"
}

fn their_jwk(key: &SigningKey) -> DecodingKey {
    let jwk: jsonwebtoken::jwk::Jwk =
        serde_json::from_value(serde_json::to_value(key.public_jwk()).unwrap()).unwrap();
    DecodingKey::from_jwk(&jwk).unwrap()
}

#[test]
fn what_a_key_signs_its_public_half_verifies() {
    for key in [&*RSA, &ec()] {
        let token = key.sign(Some("at+jwt"), &payload()).unwrap();
        let parsed = Unverified::parse(&token).unwrap();
        assert_eq!(parsed.header().key_id.as_deref(), Some(key.kid()));
        assert!(parsed.header().typ_is("at+jwt"));
        let claims = ours(&token, key.verifying_key(), key.algorithm().algorithm());
        assert_eq!(Value::from(claims.into_members()), payload());
    }
}

#[test]
fn the_header_holds_alg_and_kid_and_typ_only_when_given() {
    let key = ec();
    let header = |typ| {
        let token = key.sign(typ, &json!({})).unwrap();
        let part = token.split('.').next().unwrap().to_owned();
        String::from_utf8(BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
    };
    assert_eq!(header(None), r#"{"alg":"ES256","kid":"ec-1"}"#);
    assert_eq!(header(Some("JWT")), r#"{"alg":"ES256","kid":"ec-1","typ":"JWT"}"#);
}

#[test]
fn a_public_key_lists_the_members_of_the_key_set() {
    let rsa = serde_json::to_value(RSA.public_jwk()).unwrap();
    assert_eq!(rsa["kty"], "RSA");
    assert_eq!(rsa["e"], "AQAB");
    assert_eq!(rsa["use"], "sig");
    assert_eq!(rsa["kid"], "rsa-1");
    assert_eq!(rsa["alg"], "RS256");
    assert_eq!(rsa["n"].as_str().unwrap().len(), 342);
    assert_eq!(rsa.as_object().unwrap().len(), 6);
    let ec = serde_json::to_value(ec().public_jwk()).unwrap();
    assert_eq!((&ec["kty"], &ec["crv"], &ec["alg"]), (&json!("EC"), &json!("P-256"), &json!("ES256")));
    assert_eq!(ec.as_object().unwrap().len(), 7);
}

#[test]
fn a_key_survives_export_and_import() {
    for key in [&*RSA, &ec()] {
        let der = key.to_pkcs8().unwrap();
        let again = SigningKey::from_pkcs8(key.algorithm(), key.kid(), &der).unwrap();
        assert_eq!(again.public_jwk(), key.public_jwk());
        let token = again.sign(None, &payload()).unwrap();
        ours(&token, key.verifying_key(), key.algorithm().algorithm());
    }
}

#[test]
fn a_key_of_another_kind_is_not_imported() {
    let der = ec().to_pkcs8().unwrap();
    assert_eq!(
        SigningKey::from_pkcs8(SigningAlgorithm::RS256, "k", &der).unwrap_err(),
        SigningError::InvalidKey
    );
    let nothing = Secret::new(vec![1, 2, 3]);
    assert!(SigningKey::from_pkcs8(SigningAlgorithm::ES256, "k", &nothing).is_err());
}

#[test]
fn nothing_of_a_key_is_printed() {
    assert_eq!(format!("{:?}", ec()), "SigningKey(ES256 ec-1)");
}

#[test]
fn another_implementation_verifies_our_signatures() {
    let token = RSA.sign(None, &payload()).unwrap();
    assert_eq!(theirs(&token, &their_jwk(&RSA), TheirAlgorithm::RS256), payload());
    let key = ec();
    let token = key.sign(None, &payload()).unwrap();
    assert_eq!(theirs(&token, &their_jwk(&key), TheirAlgorithm::ES256), payload());
    for (algorithm, their_algorithm) in [
        (Algorithm::HS256, TheirAlgorithm::HS256),
        (Algorithm::HS384, TheirAlgorithm::HS384),
        (Algorithm::HS512, TheirAlgorithm::HS512),
    ] {
        let token = crate::jose::hmac::sign(algorithm, b"client secret", &payload()).unwrap();
        assert_eq!(theirs(&token, &DecodingKey::from_secret(b"client secret"), their_algorithm), payload());
    }
}

#[test]
fn we_verify_the_signatures_of_another_implementation() {
    let encode = |algorithm, key: &EncodingKey| {
        jsonwebtoken::encode(&Header::new(algorithm), &payload(), key).unwrap()
    };

    let rsa = EncodingKey::from_rsa_pem(pem(RSA.to_pkcs8().unwrap().expose()).as_bytes()).unwrap();
    let mut jwk = RSA.public_jwk();
    jwk.alg = None;
    let key = VerifyingKey::from_jwk(&jwk).unwrap();
    for (theirs, algorithm) in [
        (TheirAlgorithm::RS256, Algorithm::RS256),
        (TheirAlgorithm::RS384, Algorithm::RS384),
        (TheirAlgorithm::RS512, Algorithm::RS512),
        (TheirAlgorithm::PS256, Algorithm::PS256),
    ] {
        ours(&encode(theirs, &rsa), &key, algorithm);
    }

    let signer = ec();
    let private = EncodingKey::from_ec_pem(pem(signer.to_pkcs8().unwrap().expose()).as_bytes()).unwrap();
    ours(&encode(TheirAlgorithm::ES256, &private), signer.verifying_key(), Algorithm::ES256);

    let secret = EncodingKey::from_secret(b"client secret");
    let key = VerifyingKey::from_secret(b"client secret").unwrap();
    ours(&encode(TheirAlgorithm::HS256, &secret), &key, Algorithm::HS256);
    ours(&encode(TheirAlgorithm::HS512, &secret), &key, Algorithm::HS512);
}

#[test]
fn we_verify_the_curves_we_do_not_sign_with() {
    use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, Ed25519KeyPair};

    let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(48);
    let jwk =
        json!({"kty": "EC", "crv": "P-384", "x": BASE64URL_NOPAD.encode(x), "y": BASE64URL_NOPAD.encode(y)});
    let private = EncodingKey::from_ec_pem(pem(pair.to_pkcs8v1().unwrap().as_ref()).as_bytes()).unwrap();
    let token = jsonwebtoken::encode(&Header::new(TheirAlgorithm::ES384), &payload(), &private).unwrap();
    ours(&token, &VerifyingKey::from_jwk(&serde_json::from_value(jwk).unwrap()).unwrap(), Algorithm::ES384);

    let pair = Ed25519KeyPair::generate().unwrap();
    let jwk =
        json!({"kty": "OKP", "crv": "Ed25519", "x": BASE64URL_NOPAD.encode(pair.public_key().as_ref())});
    let private = EncodingKey::from_ed_der(pair.to_pkcs8().unwrap().as_ref());
    let token = jsonwebtoken::encode(&Header::new(TheirAlgorithm::EdDSA), &payload(), &private).unwrap();
    ours(&token, &VerifyingKey::from_jwk(&serde_json::from_value(jwk).unwrap()).unwrap(), Algorithm::EdDSA);
}

#[test]
fn thumbprints_agree_with_another_implementation() {
    for key in [&*RSA, &ec()] {
        let value = serde_json::to_value(key.public_jwk()).unwrap();
        let their_key: jsonwebtoken::jwk::Jwk = serde_json::from_value(value).unwrap();
        let thumbprint = their_key.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap();
        assert_eq!(key.public_jwk().thumbprint().unwrap(), thumbprint);
    }
}
