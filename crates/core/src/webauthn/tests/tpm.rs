//! `tpm`. No second opinion: the other verifier knows no hash of the algorithms that are allowed here.

use aws_lc_rs::digest;
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, ExtendedKeyUsagePurpose, IsCa, KeyPair};

use super::fixture::certificates::{Authority, Tweak, der, extension};
use super::fixture::{Cbor, Ceremony, Key, cbor, now};
use crate::crypto::sha256;
use crate::webauthn::{AttestationKind, Format, Registered, WebauthnError};

fn sized(bytes: &[u8]) -> Vec<u8> {
    [(bytes.len() as u16).to_be_bytes().as_slice(), bytes].concat()
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// Kind, SHA-256 for names, attributes, no policy, no symmetric algorithm and no scheme.
fn area_head(kind: u16) -> Vec<u8> {
    [words(&[kind, 0x0b]), vec![0, 4, 0, 0x72], sized(&[]), words(&[0x10, 0x10])].concat()
}

fn rsa_area() -> Vec<u8> {
    let (n, _) = Key::modulus_and_exponent();
    [area_head(1), words(&[2048]), vec![0; 4], sized(&n)].concat()
}

fn p256_area(key: &Key) -> Vec<u8> {
    let (x, y) = key.point();
    [area_head(0x23), words(&[3, 0x10]), sized(&x), sized(&y)].concat()
}

fn name(area: &[u8]) -> Vec<u8> {
    [words(&[0x0b]), sha256(area).to_vec()].concat()
}

fn certified(magic: u32, kind: u16, extra_data: &[u8], name: &[u8]) -> Vec<u8> {
    [
        magic.to_be_bytes().as_slice(),
        &kind.to_be_bytes(),
        &sized(b"signer"),
        &sized(extra_data),
        &[0; 25],
        &sized(name),
        &sized(b"qualified"),
    ]
    .concat()
}

/// Manufacturer, model and version of a TPM as a critical alternative name.
fn tpm_name(manufacturer: &str) -> CustomExtension {
    let part = |last: u8, text: &str| {
        let identifier = der(6, &[0x67, 0x81, 0x05, 0x02, last]);
        der(0x31, &der(0x30, &[identifier, der(12, text.as_bytes())].concat()))
    };
    let directory = der(0x30, &[part(1, manufacturer), part(2, "A model"), part(3, "id:00010002")].concat());
    let mut name = extension(&[2, 5, 29, 17], der(0x30, &der(0xa4, &directory)));
    name.set_criticality(true);
    name
}

fn attestation_key() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.is_ca = IsCa::ExplicitNoCa;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(vec![2, 23, 133, 8, 3])];
    params.custom_extensions.push(tpm_name("id:414D4400"));
    params
}

fn rsa_pair() -> KeyPair {
    KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap()
}

struct Attested {
    params: CertificateParams,
    version: &'static str,
    area: Vec<u8>,
    certified: Vec<u8>,
    ceremony: Ceremony,
}

impl Attested {
    fn new(key: &Key, area: Vec<u8>) -> Self {
        let ceremony = Ceremony::registration(key);
        let certified = certified(0xff54_4347, 0x8017, &sha256(&ceremony.signed()), &name(&area));
        Self { params: attestation_key(), version: "2.0", area, certified, ceremony }
    }

    /// Registers with an attestation key that signs with RSA, as most TPMs have it.
    fn register(&self) -> (Authority, Result<Registered, WebauthnError>) {
        let (root, pair) = (Authority::root(), rsa_pair());
        let leaf = root.issue(&self.params, &pair);
        let statement =
            self.statement(-257, &leaf, &rcgen::SigningKey::sign(&pair, &self.certified).unwrap());
        (root, self.ceremony.register_without_second_opinion("tpm", statement))
    }

    /// Registers with an attestation key on P-256.
    fn register_on_a_curve(&self) -> Result<Registered, WebauthnError> {
        let pair = KeyPair::generate().unwrap();
        let leaf = Authority::root().issue(&self.params, &pair);
        let statement = self.statement(-7, &leaf, &Key::of(&pair).sign(&self.certified));
        self.ceremony.register_without_second_opinion("tpm", statement)
    }

    fn statement(&self, algorithm: i64, leaf: &[u8], signature: &[u8]) -> Cbor {
        cbor::map([
            ("ver", Cbor::text(self.version)),
            ("alg", Cbor::integer(algorithm)),
            ("x5c", Cbor::array([Cbor::bytes(leaf)])),
            ("sig", Cbor::bytes(signature)),
            ("certInfo", Cbor::bytes(&self.certified)),
            ("pubArea", Cbor::bytes(&self.area)),
        ])
    }

    fn error(&self) -> WebauthnError {
        self.register_on_a_curve().unwrap_err()
    }
}

#[test]
fn keys_that_a_tpm_certifies_hold() {
    let key = Key::new(-7);
    for attested in [Attested::new(&Key::new(-257), rsa_area()), Attested::new(&key, p256_area(&key))] {
        assert!(attested.register_on_a_curve().is_ok());
        let (root, registered) = attested.register();
        let found = registered.unwrap().attestation;
        assert_eq!((found.format, found.kind), (Format::Tpm, AttestationKind::AttestationCa));
        assert_eq!(found.chains_to(&[root.der], now()), Ok(()));
    }
}

#[test]
fn the_certified_key_is_the_credentials() {
    let (key, other) = (Key::new(-7), Key::new(-7));
    assert_eq!(Attested::new(&key, p256_area(&other)).error(), WebauthnError::AttestedKeyMismatch);
    assert_eq!(Attested::new(&key, rsa_area()).error(), WebauthnError::AttestedKeyMismatch);
}

#[test]
fn the_tpm_certifies_this_key_in_this_ceremony() {
    let key = Key::new(-7);
    let good = Attested::new(&key, p256_area(&key));
    let (signed, name) = (sha256(&good.ceremony.signed()), name(&good.area));
    for (certified, error) in [
        (certified(0xff54_4347, 0x8017, &sha256(b"other"), &name), WebauthnError::AttestedDataMismatch),
        (certified(0xff54_4347, 0x8017, &signed, &name[..33]), WebauthnError::AttestedDataMismatch),
        (certified(0xff54_4347, 0x8017, &signed, &words(&[0x0b])), WebauthnError::AttestedDataMismatch),
        (certified(0xff54_4348, 0x8017, &signed, &name), WebauthnError::MalformedAttestationStatement),
        (certified(0xff54_4347, 0x8018, &signed, &name), WebauthnError::MalformedAttestationStatement),
        ([good.certified.clone(), vec![0]].concat(), WebauthnError::MalformedAttestationStatement),
        (good.certified[..40].to_vec(), WebauthnError::MalformedAttestationStatement),
    ] {
        let attested = Attested { certified, ..Attested::new(&key, good.area.clone()) };
        let attested = Attested { ceremony: good.ceremony.clone(), ..attested };
        assert_eq!(attested.error(), error);
    }
}

#[test]
fn a_certificate_that_is_not_for_attestation_keys_is_refused() {
    let tweaks: [(&str, Tweak); 6] = [
        ("a subject", |params| params.distinguished_name.push(rcgen::DnType::CommonName, "A name")),
        ("no purpose", |params| params.extended_key_usages.clear()),
        ("another purpose", |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
        ("no TPM", |params| params.custom_extensions.clear()),
        ("no manufacturer", |params| params.custom_extensions = vec![tpm_name("id:XYZ")]),
        ("no constraints", |params| params.is_ca = IsCa::NoCa),
    ];
    let key = Key::new(-7);
    for (why, tweak) in tweaks {
        let mut attested = Attested::new(&key, p256_area(&key));
        tweak(&mut attested.params);
        assert_eq!(attested.error(), WebauthnError::CertificateRequirements, "{why}");
    }
}

#[test]
fn structures_of_other_keys_or_versions_are_refused() {
    let key = Key::new(-7);
    let good = p256_area(&key);
    let mut wrapping = good.clone();
    wrapping[10..12].copy_from_slice(&[0, 6]); // AES: a storage key
    let mut of_other_kind = good.clone();
    of_other_kind[1] = 8;
    for area in
        [wrapping, of_other_kind, [good.clone(), vec![0]].concat(), good[..good.len() - 1].to_vec(), vec![]]
    {
        assert_eq!(Attested::new(&key, area).error(), WebauthnError::MalformedAttestationStatement);
    }
    let mut of_version_one = Attested::new(&key, good);
    of_version_one.version = "1.2";
    assert_eq!(of_version_one.error(), WebauthnError::MalformedAttestationStatement);
}

#[test]
fn a_coordinate_without_its_leading_zero_is_the_same_coordinate() {
    let key = std::iter::repeat_with(|| Key::new(-7)).find(|key| key.point().0[0] == 0).unwrap();
    let (x, y) = key.point();
    let area = [area_head(0x23), words(&[3, 0x10]), sized(&x[1..]), sized(&y)].concat();
    assert!(Attested::new(&key, area).register_on_a_curve().is_ok());
}

#[test]
fn an_older_windows_tpm_may_sign_with_sha_1() {
    // No library here signs with RSA and SHA-1, so what is tested is that the hash follows the algorithm.
    let key = Key::new(-7);
    let mut attested = Attested::new(&key, p256_area(&key));
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &attested.ceremony.signed());
    attested.certified = certified(0xff54_4347, 0x8017, hash.as_ref(), &name(&attested.area));
    let pair = rsa_pair();
    let leaf = Authority::root().issue(&attestation_key(), &pair);
    let signature = rcgen::SigningKey::sign(&pair, &attested.certified).unwrap();
    for (algorithm, error) in
        [(-65535, WebauthnError::InvalidSignature), (-257, WebauthnError::AttestedDataMismatch)]
    {
        let statement = attested.statement(algorithm, &leaf, &signature);
        assert_eq!(attested.ceremony.register("tpm", statement), Err(error));
    }
}
