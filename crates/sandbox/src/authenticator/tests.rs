//! What the authenticator makes holds before the verifier, and what it is told to do wrong does not.

use postern_core::webauthn::{
    Asserted, AssertionExpected, AssertionResponse, AttestationKind, Registered, RegistrationExpected,
    RegistrationResponse, WebauthnError, register, verify_assertion,
};

use super::*;

const ORIGIN: &str = "https://app.example.com";
const CHALLENGE: &[u8] = b"a challenge of thirty-two bytes.";

fn creation() -> CreationOptions {
    CreationOptions {
        challenge: CHALLENGE.to_vec(),
        rp_id: "example.com".to_owned(),
        user_handle: b"a user".to_vec(),
        algorithms: vec![-7, -257],
        discoverable: true,
        asks_properties: true,
    }
}

fn request(credentials: Vec<Vec<u8>>) -> RequestOptions {
    RequestOptions { challenge: CHALLENGE.to_vec(), rp_id: "example.com".to_owned(), credentials }
}

fn registered(attestation: &str) -> Result<Registered, WebauthnError> {
    register(
        &RegistrationResponse::parse(attestation)?,
        &RegistrationExpected {
            challenge: CHALLENGE,
            rp_id: "example.com",
            origin: ORIGIN,
            require_user_verification: true,
            algorithms: &[-7],
            allow_backup_eligible: true,
        },
    )
}

fn asserted(passkey: &Registered, sign_count: u32, assertion: &str) -> Result<Asserted, WebauthnError> {
    verify_assertion(
        &AssertionResponse::parse(assertion)?,
        &AssertionExpected {
            challenge: CHALLENGE,
            rp_id: "example.com",
            origin: ORIGIN,
            require_user_verification: true,
            public_key: &passkey.public_key,
            sign_count,
            backup_eligible: Some(passkey.backup_eligible),
        },
    )
}

#[test]
fn a_passkey_registers_and_signs() {
    for (attests, kind) in
        [(Attests::Nothing, AttestationKind::None), (Attests::Itself, AttestationKind::SelfSigned)]
    {
        let manner = Manner { attests, ..Manner::default() };
        let (passkey, attestation) =
            Passkey::create(&creation(), ORIGIN, &manner, &Random::seeded(1)).unwrap();
        let credential = registered(&attestation).unwrap();
        assert_eq!(credential.attestation.kind, kind);
        assert_eq!(credential.resident, Some(true));
        assert_eq!(credential.transports, ["internal"]);
        assert_eq!(BASE64URL_NOPAD.encode(&credential.credential_id), passkey.id);

        let assertion = passkey.assert(&request(vec![]), ORIGIN, &Manner::default()).unwrap();
        assert!(!asserted(&credential, 0, &assertion).unwrap().cloned);
        let response = AssertionResponse::parse(&assertion).unwrap();
        assert_eq!(response.user_handle(), Some(b"a user".as_slice()));
    }
}

#[test]
fn it_misbehaves_when_told_to() {
    let make = |manner: &Manner| {
        let (_, attestation) = Passkey::create(&creation(), ORIGIN, manner, &Random::seeded(1)).unwrap();
        registered(&attestation).map(|credential| credential.backup_eligible)
    };
    let normal = Manner::default();
    assert_eq!(make(&Manner { user_verified: false, ..normal }), Err(WebauthnError::UserNotVerified));
    assert_eq!(
        make(&Manner { backup_eligible: false, ..normal }),
        Err(WebauthnError::BackupFlagsInconsistent)
    );
    assert_eq!(make(&Manner { backup_eligible: false, backed_up: false, ..normal }), Ok(false));

    let (passkey, attestation) = Passkey::create(&creation(), ORIGIN, &normal, &Random::seeded(1)).unwrap();
    let credential = registered(&attestation).unwrap();
    let answer = |manner: Manner| passkey.assert(&request(vec![]), ORIGIN, &manner).unwrap();
    let unverified = answer(Manner { user_verified: false, ..normal });
    assert_eq!(asserted(&credential, 0, &unverified), Err(WebauthnError::UserNotVerified));
    let counted = |sign_count: u32| answer(Manner { sign_count, ..normal });
    assert!(!asserted(&credential, 4, &counted(5)).unwrap().cloned);
    assert!(asserted(&credential, 5, &counted(5)).unwrap().cloned);
    let elsewhere = passkey.assert(&request(vec![]), "https://evil.example", &normal).unwrap();
    assert_eq!(asserted(&credential, 0, &elsewhere), Err(WebauthnError::OriginMismatch));
}

#[test]
fn it_answers_only_when_it_is_asked() {
    let manner = Manner::default();
    let options = CreationOptions { discoverable: false, ..creation() };
    let (passkey, _) = Passkey::create(&options, ORIGIN, &manner, &Random::seeded(1)).unwrap();
    let id = BASE64URL_NOPAD.decode(passkey.id.as_bytes()).unwrap();
    assert!(passkey.assert(&request(vec![b"other".to_vec(), id.clone()]), ORIGIN, &manner).is_ok());
    let not_asked = Err(AuthenticatorError::NotAsked);
    assert_eq!(passkey.assert(&request(vec![]), ORIGIN, &manner), not_asked);
    assert_eq!(passkey.assert(&request(vec![b"other".to_vec()]), ORIGIN, &manner), not_asked);
    let other_party = RequestOptions { rp_id: "example.org".to_owned(), ..request(vec![id]) };
    assert_eq!(passkey.assert(&other_party, ORIGIN, &manner), not_asked);
    let options = CreationOptions { algorithms: vec![-8], ..creation() };
    let made = Passkey::create(&options, ORIGIN, &manner, &Random::seeded(1));
    assert_eq!(made.map(|_| ()), Err(AuthenticatorError::UnsupportedAlgorithm));
}

#[test]
fn a_seed_makes_the_same_passkey_and_it_can_be_kept() {
    let make = |seed: u64| {
        Passkey::create(&creation(), ORIGIN, &Manner::default(), &Random::seeded(seed)).unwrap().0
    };
    assert_eq!(make(1), make(1));
    assert_ne!(make(1), make(2));
    let text = serde_json::to_string(&make(1)).unwrap();
    assert_eq!(serde_json::from_str::<Passkey>(&text).unwrap(), make(1));
    assert!(!format!("{:?}", make(1)).contains(&text[text.len() - 20..text.len() - 4]));
    assert!(serde_json::from_str::<PrivateKey>("\"AAAA\"").is_err());
}
