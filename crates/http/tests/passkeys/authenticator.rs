//! An authenticator and its browser, written from the standard: what they make of the options that Postern gives.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, PKCS_ECDSA_P256_SHA256,
};
use serde_json::{Value, json};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const HAS_CREDENTIAL: u8 = 0x40;

/// The model of these authenticators.
pub(crate) const MODEL: &str = "7a3f0f4e-3a51-4f0c-8f5b-7b1f4e0b6a11";

/// A maker of authenticators.
pub(crate) struct Maker {
    pub(crate) root: Vec<u8>,
    leaf: Vec<u8>,
    key: EcdsaKeyPair,
}

impl Maker {
    pub(crate) fn new() -> Self {
        let mut root = CertificateParams::default();
        root.distinguished_name.push(DnType::CommonName, "Maker root");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(root, pair()).unwrap();
        let mut leaf = CertificateParams::default();
        leaf.distinguished_name = rcgen::DistinguishedName::new();
        for (kind, text) in [
            (DnType::CountryName, "SE"),
            (DnType::OrganizationName, "Maker"),
            (DnType::OrganizationalUnitName, "Authenticator Attestation"),
            (DnType::CommonName, "Batch 1"),
        ] {
            leaf.distinguished_name.push(kind, text);
        }
        leaf.is_ca = IsCa::ExplicitNoCa;
        let key = pair();
        let leaf = leaf.signed_by(&key, &root).unwrap().der().to_vec();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key.serialize_der()).unwrap();
        Self { root: root.der().to_vec(), leaf, key }
    }
}

fn pair() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

/// A credential in an authenticator.
pub(crate) struct Authenticator {
    key: EcdsaKeyPair,
    pub(crate) id: Vec<u8>,
    pub(crate) counter: u32,
    /// Whether it checks who uses it.
    pub(crate) verifies: bool,
    /// Whether its credential can be backed up, and is.
    pub(crate) backup: (bool, bool),
    /// What it says to be.
    pub(crate) attachment: &'static str,
    /// Whether it keeps the credential.
    pub(crate) resident: bool,
    user_handle: Vec<u8>,
}

impl Authenticator {
    pub(crate) fn new() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = sha256(key.public_key().as_ref());
        Self {
            key,
            id,
            counter: 0,
            verifies: true,
            backup: (false, false),
            attachment: "cross-platform",
            resident: true,
            user_handle: Vec::new(),
        }
    }

    /// The answer to creation options.
    pub(crate) fn create(&mut self, options: &str, origin: &str) -> Value {
        self.create_by(options, origin, None)
    }

    /// The answer to creation options, attested by a maker.
    pub(crate) fn create_by(&mut self, options: &str, origin: &str, maker: Option<&Maker>) -> Value {
        let options: Value = serde_json::from_str(options).unwrap();
        self.user_handle = bytes(&options["user"]["id"]);
        let client = client_data("webauthn.create", &bytes(&options["challenge"]), origin);
        let data =
            [self.data(options["rp"]["id"].as_str().unwrap(), HAS_CREDENTIAL), self.credential()].concat();
        let statement = match maker {
            None => vec![0xa0],
            Some(maker) => {
                let signature = sign(&maker.key, &[data.clone(), sha256(&client)].concat());
                [
                    vec![0xa3],
                    text("alg"),
                    vec![0x26],
                    text("sig"),
                    byte_string(&signature),
                    text("x5c"),
                    vec![0x81],
                    byte_string(&maker.leaf),
                ]
                .concat()
            }
        };
        let format = if maker.is_some() { "packed" } else { "none" };
        let object = [
            vec![0xa3],
            text("fmt"),
            text(format),
            text("attStmt"),
            statement,
            text("authData"),
            byte_string(&data),
        ]
        .concat();
        json!({
            "id": BASE64URL_NOPAD.encode(&self.id), "rawId": BASE64.encode(&self.id), "type": "public-key",
            "authenticatorAttachment": self.attachment,
            "response": { "clientDataJSON": BASE64.encode(&client), "attestationObject": BASE64.encode(&object),
                "transports": if self.attachment == "platform" { ["internal"] } else { ["usb"] } },
            "clientExtensionResults": { "credProps": { "rk": self.resident } },
        })
    }

    /// The answer to request options.
    pub(crate) fn get(&mut self, options: &str, origin: &str) -> Value {
        let options: Value = serde_json::from_str(options).unwrap();
        self.get_with(&bytes(&options["challenge"]), options["rpId"].as_str().unwrap(), origin)
    }

    pub(crate) fn get_with(&mut self, challenge: &[u8], rp_id: &str, origin: &str) -> Value {
        self.counter += 1;
        let client = client_data("webauthn.get", challenge, origin);
        let data = self.data(rp_id, 0);
        let signature = sign(&self.key, &[data.clone(), sha256(&client)].concat());
        let handle = if self.resident { BASE64.encode(&self.user_handle) } else { String::new() };
        json!({
            "id": BASE64URL_NOPAD.encode(&self.id), "rawId": BASE64.encode(&self.id), "type": "public-key",
            "response": { "clientDataJSON": BASE64.encode(&client), "authenticatorData": BASE64.encode(&data),
                "signature": BASE64.encode(&signature), "userHandle": handle },
        })
    }

    fn data(&self, rp_id: &str, more: u8) -> Vec<u8> {
        let mut flags = USER_PRESENT | more;
        for (set, flag) in
            [(self.verifies, USER_VERIFIED), (self.backup.0, BACKUP_ELIGIBLE), (self.backup.1, BACKED_UP)]
        {
            flags |= if set { flag } else { 0 };
        }
        [sha256(rp_id.as_bytes()), vec![flags], self.counter.to_be_bytes().to_vec()].concat()
    }

    fn credential(&self) -> Vec<u8> {
        let length = u16::try_from(self.id.len()).unwrap();
        let point = self.key.public_key().as_ref();
        let key = [
            vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21],
            byte_string(&point[1..33]),
            vec![0x22],
            byte_string(&point[33..65]),
        ]
        .concat();
        let model = uuid::Uuid::parse_str(MODEL).unwrap();
        [model.as_bytes().to_vec(), length.to_be_bytes().to_vec(), self.id.clone(), key].concat()
    }
}

/// Bytes that options write as signed numbers.
pub(crate) fn bytes(numbers: &Value) -> Vec<u8> {
    let number = |number: &Value| i8::try_from(number.as_i64().unwrap()).unwrap().cast_unsigned();
    numbers.as_array().unwrap().iter().map(number).collect()
}

fn client_data(kind: &str, challenge: &[u8], origin: &str) -> Vec<u8> {
    let challenge = BASE64URL_NOPAD.encode(challenge);
    json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false})
        .to_string()
        .into_bytes()
}

fn sign(key: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

fn text(text: &str) -> Vec<u8> {
    [vec![0x60 + u8::try_from(text.len()).unwrap()], text.as_bytes().to_vec()].concat()
}

fn byte_string(bytes: &[u8]) -> Vec<u8> {
    let head = match u16::try_from(bytes.len()).unwrap() {
        short @ 0..24 => vec![0x40 + u8::try_from(short).unwrap()],
        medium @ 24..256 => vec![0x58, u8::try_from(medium).unwrap()],
        long => [vec![0x59], long.to_be_bytes().to_vec()].concat(),
    };
    [head, bytes.to_vec()].concat()
}
