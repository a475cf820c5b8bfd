//! Tests of parsing and verification: RFC examples, strictness, confusion of algorithms.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::jose::jwk::Jwk;
use crate::jose::signing::{SigningAlgorithm, SigningKey};

const RFC_CLAIMS: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RFC_SECRET: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const RFC_MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

fn shared() -> VerifyingKey {
    VerifyingKey::from_secret(&BASE64URL_NOPAD.decode(RFC_SECRET.as_bytes()).unwrap()).unwrap()
}

fn public(jwk: Value) -> VerifyingKey {
    VerifyingKey::from_jwk(&serde_json::from_value(jwk).unwrap()).unwrap()
}

fn verify(token: &str, key: &VerifyingKey, allowed: &[Algorithm]) -> Result<Claims, JwsError> {
    Unverified::parse(token)?.verify(key, allowed)
}

fn hs256() -> String {
    crate::jose::hmac::sign(Algorithm::HS256, b"secret", &json!({"sub": "a"})).unwrap()
}

fn token(header: &str, payload: &str) -> String {
    format!(
        "{}.{}.AAAA",
        BASE64URL_NOPAD.encode(header.as_bytes()),
        BASE64URL_NOPAD.encode(payload.as_bytes())
    )
}

#[test]
fn the_hmac_example_of_rfc_7515_holds() {
    let token = format!(
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{RFC_CLAIMS}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
    let claims = verify(&token, &shared(), &[Algorithm::HS256]).unwrap();
    assert_eq!(claims.issuer(), Some("joe"));
    assert_eq!(claims.get("http://example.com/is_root"), Some(&Value::Bool(true)));
}

#[test]
fn the_rsa_example_of_rfc_7515_holds() {
    let token = format!(
        "eyJhbGciOiJSUzI1NiJ9.{RFC_CLAIMS}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
    let key = public(json!({"kty": "RSA", "n": RFC_MODULUS, "e": "AQAB"}));
    assert_eq!(verify(&token, &key, &[Algorithm::RS256]).unwrap().issuer(), Some("joe"));
}

#[test]
fn the_ecdsa_example_of_rfc_7515_holds() {
    let token = format!(
        "eyJhbGciOiJFUzI1NiJ9.{RFC_CLAIMS}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    let key = public(json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }));
    assert_eq!(verify(&token, &key, &[Algorithm::ES256]).unwrap().issuer(), Some("joe"));
}

#[test]
fn the_ed25519_example_of_rfc_8037_holds() {
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let key =
        public(json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}));
    let parsed = Unverified::parse(token).unwrap();
    assert_eq!(parsed.check_signature(&key, &[Algorithm::EdDSA]), Ok(()));
    assert_eq!(parsed.verify(&key, &[Algorithm::EdDSA]), Err(JwsError::NotClaims));
}

#[test]
fn a_token_without_signature_never_verifies() {
    let unsigned = token(r#"{"alg":"none"}"#, "{}");
    let unsigned = unsigned.strip_suffix("AAAA").unwrap();
    for key in [shared(), public(json!({"kty": "RSA", "n": RFC_MODULUS, "e": "AQAB"}))] {
        for allowed in [[Algorithm::None], [Algorithm::HS256]] {
            assert_eq!(verify(unsigned, &key, &allowed), Err(JwsError::AlgorithmNotAllowed));
        }
    }
    for spelling in ["None", "NONE", "nOnE", ""] {
        let other = token(&json!({"alg": spelling}).to_string(), "{}");
        assert_eq!(Unverified::parse(&other).unwrap_err(), JwsError::UnsupportedAlgorithm);
    }
}

#[test]
fn unsecured_claims_come_only_from_a_token_that_says_so() {
    let unsigned = token(r#"{"alg":"none"}"#, r#"{"scope":"openid"}"#);
    let empty_signature = unsigned.strip_suffix("AAAA").unwrap();
    let claims = Unverified::parse(empty_signature).unwrap().unsecured_claims().unwrap();
    assert_eq!(claims.text("scope"), Some("openid"));
    assert_eq!(Unverified::parse(&unsigned).unwrap().unsecured_claims(), Err(JwsError::InvalidSignature));
    let signed = hs256();
    assert_eq!(Unverified::parse(&signed).unwrap().unsecured_claims(), Err(JwsError::AlgorithmNotAllowed));
}

#[test]
fn a_public_key_is_never_taken_for_a_shared_secret() {
    let signer = SigningKey::generate(SigningAlgorithm::ES256, "k").unwrap();
    let jwk = signer.public_jwk();
    let public_bytes = serde_json::to_vec(&jwk).unwrap();
    let forged = crate::jose::hmac::sign(Algorithm::HS256, &public_bytes, &json!({})).unwrap();
    let key = signer.verifying_key();
    let everything = [Algorithm::HS256, Algorithm::ES256, Algorithm::RS256];
    assert_eq!(verify(&forged, key, &everything), Err(JwsError::AlgorithmNotAllowed));
    let honest = signer.sign(None, &json!({})).unwrap();
    let secret = VerifyingKey::from_secret(&public_bytes).unwrap();
    assert_eq!(verify(&honest, &secret, &everything), Err(JwsError::AlgorithmNotAllowed));
    assert!(verify(&honest, key, &everything).is_ok());
}

#[test]
fn only_allowed_algorithms_verify() {
    let key = VerifyingKey::from_secret(b"secret").unwrap();
    assert!(verify(&hs256(), &key, &Algorithm::SHARED_SECRET).is_ok());
    for allowed in [&[][..], &[Algorithm::HS512], &[Algorithm::RS256]] {
        assert_eq!(verify(&hs256(), &key, allowed), Err(JwsError::AlgorithmNotAllowed));
    }
}

#[test]
fn a_key_with_alg_serves_that_algorithm_only() {
    let jwk: Jwk =
        serde_json::from_value(json!({"kty": "RSA", "n": RFC_MODULUS, "e": "AQAB", "alg": "RS512"})).unwrap();
    let key = VerifyingKey::from_jwk(&jwk).unwrap();
    assert!(key.supports(Algorithm::RS512));
    assert!(!key.supports(Algorithm::RS256));
}

#[test]
fn the_wrong_key_is_refused() {
    let key = VerifyingKey::from_secret(b"another").unwrap();
    assert_eq!(verify(&hs256(), &key, &[Algorithm::HS256]), Err(JwsError::InvalidSignature));
}

#[test]
fn critical_extensions_and_encryption_are_refused() {
    for (header, error) in [
        (r#"{"alg":"HS256","crit":["b64"],"b64":false}"#, JwsError::CriticalExtension),
        (r#"{"alg":"HS256","crit":[]}"#, JwsError::CriticalExtension),
        (r#"{"alg":"HS256","enc":"A128GCM"}"#, JwsError::Encrypted),
    ] {
        assert_eq!(Unverified::parse(&token(header, "{}")).unwrap_err(), error);
    }
    assert_eq!(Unverified::parse("a.b.c.d.e").unwrap_err(), JwsError::Encrypted);
}

#[test]
fn headers_must_be_well_formed() {
    for (header, error) in [
        (r#"{"alg":"HS256","alg":"none"}"#, JwsError::Malformed),
        (r#"{"alg":"HS256","kid":"a","kid":"a"}"#, JwsError::Malformed),
        (r#"["alg"]"#, JwsError::Malformed),
        ("", JwsError::Malformed),
        ("{}", JwsError::UnsupportedAlgorithm),
        (r#"{"alg":"HS1"}"#, JwsError::UnsupportedAlgorithm),
        (r#"{"alg":1}"#, JwsError::WrongType("alg")),
        (r#"{"alg":"HS256","kid":1}"#, JwsError::WrongType("kid")),
        (r#"{"alg":"HS256","typ":null}"#, JwsError::WrongType("typ")),
        (r#"{"alg":"HS256","cty":{}}"#, JwsError::WrongType("cty")),
    ] {
        assert_eq!(Unverified::parse(&token(header, "{}")).unwrap_err(), error, "{header}");
    }
}

#[test]
fn the_header_is_readable_before_verification() {
    let text =
        token(r#"{"alg":"RS256","kid":"k1","typ":"application/AT+jwt","cty":"x"}"#, r#"{"iss":"app"}"#);
    let parsed = Unverified::parse(&text).unwrap();
    assert_eq!(parsed.header().key_id.as_deref(), Some("k1"));
    assert_eq!(parsed.header().cty.as_deref(), Some("x"));
    assert!(parsed.header().typ_is("at+jwt"));
    assert!(!parsed.header().typ_is("jwt"));
    assert_eq!(parsed.unverified_claims().unwrap().issuer(), Some("app"));
}

#[test]
fn the_encoding_is_strict() {
    let good = hs256();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let last = signature.chars().last().unwrap();
    // The last of 43 characters carries two unused bits; setting one must not give a second spelling.
    let respelled = char::from(
        BASE64URL_NOPAD.specification().symbols.as_bytes()
            [BASE64URL_NOPAD.specification().symbols.find(last).unwrap() | 1],
    );
    for bad in [
        format!("{good}="),
        format!("{good}\n"),
        format!(" {good}"),
        format!("{good}.AA"),
        format!("{signed}."),
        signed.to_owned(),
        format!("{signed}.{}{respelled}", &signature[..42]),
        good.replace('.', ".."),
    ] {
        assert!(
            verify(&bad, &VerifyingKey::from_secret(b"secret").unwrap(), &[Algorithm::HS256]).is_err(),
            "{bad}"
        );
    }
}

#[test]
fn an_oversize_token_is_refused_unread() {
    let long = "a".repeat(MAX_LENGTH + 1);
    assert_eq!(Unverified::parse(&long).unwrap_err(), JwsError::TooLong);
    assert_eq!(Unverified::parse(&long[1..]).unwrap_err(), JwsError::Malformed);
}

#[test]
fn an_ecdsa_signature_has_exactly_its_length() {
    let signer = SigningKey::generate(SigningAlgorithm::ES256, "k").unwrap();
    let token = signer.sign(None, &json!({})).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let bytes = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
    assert_eq!(bytes.len(), 64);
    let padded = [bytes.as_slice(), &[0]].concat();
    for other in [&bytes[..63], padded.as_slice(), &[]] {
        let token = format!("{signed}.{}", BASE64URL_NOPAD.encode(other));
        let result = verify(&token, signer.verifying_key(), &[Algorithm::ES256]);
        assert_eq!(result, Err(JwsError::InvalidSignature));
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in ".*", header in ".*", payload in ".*") {
        let _ = Unverified::parse(&text);
        if let Ok(parsed) = Unverified::parse(&token(&header, &payload)) {
            let _ = parsed.unverified_claims();
        }
    }

    #[test]
    fn a_changed_character_never_verifies(position in 0_usize..1000, replacement in "[A-Za-z0-9_.-]") {
        let token = hs256();
        let position = position % token.len();
        prop_assume!(token[position..=position] != replacement);
        let changed = format!("{}{replacement}{}", &token[..position], &token[position + 1..]);
        prop_assert!(verify(&changed, &VerifyingKey::from_secret(b"secret").unwrap(), &Algorithm::SHARED_SECRET).is_err());
    }
}
