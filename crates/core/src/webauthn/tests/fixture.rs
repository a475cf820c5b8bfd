//! An authenticator for tests that does exactly what it is told, right or wrong.

pub(in crate::webauthn) mod cbor;
pub(in crate::webauthn) mod certificates;
pub(in crate::webauthn) mod key;
pub(in crate::webauthn) mod second_opinion;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::json;

pub(in crate::webauthn) use cbor::Cbor;
pub(in crate::webauthn) use key::Key;

use crate::crypto::sha256;
use crate::time::Timestamp;
use crate::webauthn::{
    Asserted, AssertionExpected, AssertionResponse, Registered, RegistrationExpected, RegistrationResponse,
    WebauthnError, register, verify_assertion,
};

pub(in crate::webauthn) const RP_ID: &str = "example.com";
pub(in crate::webauthn) const ORIGIN: &str = "https://login.example.com";
pub(in crate::webauthn) const CHALLENGE: &[u8] = b"a challenge of thirty-two bytes.";
pub(in crate::webauthn) const AAGUID: [u8; 16] = *b"a test model 001";
pub(in crate::webauthn) const ALGORITHMS: [i64; 6] = [-7, -35, -36, -8, -257, -37];

/// The algorithms that the other verifier knows as well.
pub(in crate::webauthn) const SECOND_OPINION: [i64; 3] = [-7, -35, -257];

/// User present and verified, a credential that may be backed up and is.
pub(in crate::webauthn) const FLAGS: u8 = 0x1d;

/// 2026-01-01.
pub(in crate::webauthn) fn now() -> Timestamp {
    Timestamp::from_seconds(1_767_225_600)
}

/// What an authenticator and a browser put together.
#[derive(Clone)]
pub(in crate::webauthn) struct Ceremony {
    pub(in crate::webauthn) client_data: Vec<u8>,
    pub(in crate::webauthn) authenticator_data: Vec<u8>,
    pub(in crate::webauthn) id: Vec<u8>,
}

impl Ceremony {
    pub(in crate::webauthn) fn registration(key: &Key) -> Self {
        Self::registration_with(FLAGS, &key.cose())
    }

    pub(in crate::webauthn) fn registration_with(flags: u8, cose: &[u8]) -> Self {
        let id = b"a credential id".to_vec();
        let length = u16::try_from(id.len()).unwrap().to_be_bytes();
        let tail = [AAGUID.as_slice(), &length, &id, cose].concat();
        Self {
            client_data: client_data("webauthn.create"),
            authenticator_data: authenticator_data(flags | 0x40, 0, &tail),
            id,
        }
    }

    pub(in crate::webauthn) fn assertion(flags: u8, count: u32) -> Self {
        Self {
            client_data: client_data("webauthn.get"),
            authenticator_data: authenticator_data(flags, count, &[]),
            id: b"a credential id".to_vec(),
        }
    }

    pub(in crate::webauthn) fn client_data_hash(&self) -> [u8; 32] {
        sha256(&self.client_data)
    }

    /// What authenticators sign.
    pub(in crate::webauthn) fn signed(&self) -> Vec<u8> {
        [self.authenticator_data.as_slice(), &self.client_data_hash()].concat()
    }

    pub(in crate::webauthn) fn attestation_object(&self, format: &str, statement: Cbor) -> Vec<u8> {
        cbor::map([
            ("fmt", Cbor::text(format)),
            ("attStmt", statement),
            ("authData", Cbor::bytes(&self.authenticator_data)),
        ])
        .encoded()
    }

    /// The JSON that PingOne's clients send on activation.
    pub(in crate::webauthn) fn attestation_json(&self, format: &str, statement: Cbor) -> String {
        json!({
            "id": BASE64URL_NOPAD.encode(&self.id),
            "type": "public-key",
            "rawId": BASE64.encode(&self.id),
            "response": {
                "clientDataJSON": BASE64.encode(&self.client_data),
                "attestationObject": BASE64.encode(&self.attestation_object(format, statement)),
            },
            "clientExtensionResults": {},
        })
        .to_string()
    }

    /// Registers, and asks for a second opinion when that is granted.
    pub(in crate::webauthn) fn register(
        &self,
        format: &str,
        statement: Cbor,
    ) -> Result<Registered, WebauthnError> {
        let json = self.attestation_json(format, statement.clone());
        let registered = self.register_without_second_opinion(format, statement)?;
        if SECOND_OPINION.contains(&registered.algorithm) {
            let other = second_opinion::register(&json).expect("the other verifier agrees");
            assert_eq!(other.cred_id.as_slice(), registered.credential_id);
            assert_eq!(other.user_verified, registered.user_verified);
            assert_eq!(other.backup_eligible, registered.backup_eligible);
            assert_eq!(other.backup_state, registered.backed_up);
            assert_eq!(other.counter, registered.sign_count);
        }
        Ok(registered)
    }

    /// Registers what the other verifier does not know.
    pub(in crate::webauthn) fn register_without_second_opinion(
        &self,
        format: &str,
        statement: Cbor,
    ) -> Result<Registered, WebauthnError> {
        register(&RegistrationResponse::parse(&self.attestation_json(format, statement))?, &wanted())
    }

    /// The JSON that PingOne's clients send in an assertion check.
    pub(in crate::webauthn) fn assertion_json(&self, signature: &[u8]) -> String {
        json!({
            "id": BASE64URL_NOPAD.encode(&self.id),
            "rawId": BASE64.encode(&self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": BASE64.encode(&self.client_data),
                "authenticatorData": BASE64.encode(&self.authenticator_data),
                "signature": BASE64.encode(signature),
                "userHandle": "",
            },
        })
        .to_string()
    }

    pub(in crate::webauthn) fn verify(&self, key: &Key) -> Result<Asserted, WebauthnError> {
        let json = self.assertion_json(&key.sign(&self.signed()));
        verify_assertion(&AssertionResponse::parse(&json)?, &known(&key.cose()))
    }
}

pub(in crate::webauthn) fn wanted() -> RegistrationExpected<'static> {
    RegistrationExpected {
        challenge: CHALLENGE,
        rp_id: RP_ID,
        origin: ORIGIN,
        require_user_verification: true,
        algorithms: &ALGORITHMS,
        allow_backup_eligible: true,
    }
}

pub(in crate::webauthn) fn known(public_key: &[u8]) -> AssertionExpected<'_> {
    AssertionExpected {
        challenge: CHALLENGE,
        rp_id: RP_ID,
        origin: ORIGIN,
        require_user_verification: true,
        public_key,
        sign_count: 0,
        backup_eligible: Some(true),
    }
}

fn client_data(kind: &str) -> Vec<u8> {
    let challenge = BASE64URL_NOPAD.encode(CHALLENGE);
    json!({ "type": kind, "challenge": challenge, "origin": ORIGIN, "crossOrigin": false })
        .to_string()
        .into_bytes()
}

fn authenticator_data(flags: u8, count: u32, tail: &[u8]) -> Vec<u8> {
    [sha256(RP_ID.as_bytes()).as_slice(), &[flags], &count.to_be_bytes(), tail].concat()
}
