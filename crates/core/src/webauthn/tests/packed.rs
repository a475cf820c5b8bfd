//! `packed`.

use rcgen::{CertificateParams, DnType, DnValue, IsCa, KeyPair};

use super::fixture::certificates::{Authority, Tweak, attestation, der, extension};
use super::fixture::{AAGUID, Cbor, Ceremony, Key, cbor, now};
use crate::webauthn::{AttestationKind, Format, Registered, WebauthnError};

const MODEL: [u64; 10] = [1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];

fn with_certificate(params: &CertificateParams) -> (Authority, Result<Registered, WebauthnError>) {
    let ceremony = Ceremony::registration(&Key::new(-7));
    let (root, attestation_key) = (Authority::root(), KeyPair::generate().unwrap());
    let leaf = root.issue(params, &attestation_key);
    let statement = cbor::map([
        ("alg", Cbor::integer(-7)),
        ("sig", Cbor::bytes(&Key::of(&attestation_key).sign(&ceremony.signed()))),
        ("x5c", Cbor::array([Cbor::bytes(&leaf)])),
    ]);
    (root, ceremony.register("packed", statement))
}

#[test]
fn a_makers_attestation_holds_and_leads_to_its_root() {
    let mut params = attestation();
    params.custom_extensions.push(extension(&MODEL, der(4, &AAGUID)));
    let (root, registered) = with_certificate(&params);
    let attestation = registered.unwrap().attestation;
    assert_eq!((attestation.format, attestation.kind), (Format::Packed, AttestationKind::Basic));
    assert_eq!(attestation.trust_path.len(), 1);
    assert_eq!(attestation.chains_to(&[root.der], now()), Ok(()));
    let stranger = Authority::root().der;
    assert_eq!(attestation.chains_to(&[stranger], now()), Err(WebauthnError::UntrustedChain));
    assert_eq!(attestation.chains_to(&[], now()), Err(WebauthnError::UntrustedChain));
}

#[test]
fn a_credential_can_attest_itself() {
    for algorithm in super::fixture::ALGORITHMS {
        let key = Key::new(algorithm);
        let ceremony = Ceremony::registration(&key);
        let statement = |named: i64, signature: &[u8]| {
            cbor::map([("alg", Cbor::integer(named)), ("sig", Cbor::bytes(signature))])
        };
        let signature = key.sign(&ceremony.signed());
        let attestation = ceremony.register("packed", statement(algorithm, &signature)).unwrap().attestation;
        assert_eq!(attestation.kind, AttestationKind::SelfSigned);
        assert_eq!(attestation.chains_to(&[], now()), Err(WebauthnError::NoTrustPath));

        let other = if algorithm == -7 { -35 } else { -7 };
        assert_eq!(
            ceremony.register("packed", statement(other, &signature)),
            Err(WebauthnError::MalformedAttestationStatement)
        );
        let of_other_data = key.sign(b"other data");
        assert_eq!(
            ceremony.register("packed", statement(algorithm, &of_other_data)),
            Err(WebauthnError::InvalidSignature)
        );
    }
}

#[test]
fn an_attestation_certificate_of_another_form_is_refused() {
    let tweaks: [(&str, Tweak); 6] = [
        ("a CA", |params| params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained)),
        ("no constraints", |params| params.is_ca = IsCa::NoCa),
        ("another unit", |params| {
            params.distinguished_name.push(DnType::OrganizationalUnitName, "Something else");
        }),
        ("no organization", |params| {
            params.distinguished_name.remove(DnType::OrganizationName);
        }),
        ("no country", |params| {
            let nowhere = DnValue::PrintableString("Sweden".try_into().unwrap());
            params.distinguished_name.push(DnType::CountryName, nowhere);
        }),
        ("a critical model", |params| {
            let mut model = extension(&MODEL, der(4, &AAGUID));
            model.set_criticality(true);
            params.custom_extensions.push(model);
        }),
    ];
    for (why, tweak) in tweaks {
        let mut params = attestation();
        tweak(&mut params);
        assert_eq!(with_certificate(&params).1, Err(WebauthnError::CertificateRequirements), "{why}");
    }
}

#[test]
fn the_certificate_is_for_the_model_that_registers() {
    for content in [der(4, b"another model 01"), der(4, b"short"), AAGUID.to_vec(), der(5, &AAGUID)] {
        let mut params = attestation();
        params.custom_extensions.push(extension(&MODEL, content));
        assert_eq!(with_certificate(&params).1, Err(WebauthnError::AaguidMismatch));
    }
}

#[test]
fn another_members_or_keys_signature_is_refused() {
    let ceremony = Ceremony::registration(&Key::new(-7));
    let attestation_key = KeyPair::generate().unwrap();
    let leaf = Authority::root().issue(&attestation(), &attestation_key);
    let good = Key::of(&attestation_key).sign(&ceremony.signed());
    let statement = |algorithm: i64, signature: &[u8], chain: Vec<Cbor>| {
        cbor::map([
            ("alg", Cbor::integer(algorithm)),
            ("sig", Cbor::bytes(signature)),
            ("x5c", Cbor::array(chain)),
        ])
    };
    let chain = || vec![Cbor::bytes(&leaf)];
    assert!(ceremony.register("packed", statement(-7, &good, chain())).is_ok());
    for (statement, error) in [
        (statement(-7, &Key::new(-7).sign(&ceremony.signed()), chain()), WebauthnError::InvalidSignature),
        (statement(-257, &good, chain()), WebauthnError::InvalidSignature),
        (statement(-65535, &good, chain()), WebauthnError::MalformedAttestationStatement),
        (statement(-7, &good, vec![]), WebauthnError::MalformedAttestationStatement),
        (statement(-7, &good, vec![Cbor::text("no")]), WebauthnError::MalformedAttestationStatement),
        (statement(-7, &good, vec![Cbor::bytes(b"no")]), WebauthnError::MalformedCertificate),
        (statement(-7, &good, vec![Cbor::bytes(&leaf); 9]), WebauthnError::MalformedAttestationStatement),
        (cbor::map([("alg", Cbor::integer(-7))]), WebauthnError::MalformedAttestationStatement),
        (
            cbor::map([
                ("alg", Cbor::integer(-7)),
                ("sig", Cbor::bytes(&good)),
                ("ecdaaKeyId", Cbor::bytes(b"key")),
            ]),
            WebauthnError::MalformedAttestationStatement,
        ),
    ] {
        assert_eq!(ceremony.register("packed", statement), Err(error));
    }
}
