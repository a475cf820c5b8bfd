//! Paths that lead to a root, and paths that do not.

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd};

use super::*;
use crate::webauthn::tests::fixture::certificates::{Authority, Tweak, attestation, authority, extension};
use crate::webauthn::tests::fixture::now;

fn leaf(issuer: &Authority) -> Vec<u8> {
    issuer.issue(&attestation(), &KeyPair::generate().unwrap())
}

/// Whether the path leads to this root.
fn leads(path: &[Vec<u8>], root: &Authority) -> Result<(), WebauthnError> {
    leads_to(path, std::slice::from_ref(&root.der), now())
}

fn intermediate(change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = authority("An intermediate");
    change(&mut params);
    params
}

#[test]
fn a_path_may_be_one_certificate_or_several() {
    let root = Authority::root();
    let first = root.below(authority("First"));
    let second = first.below(authority("Second"));
    let roots = [Authority::root().der, root.der.clone()];
    assert_eq!(leads_to(&[leaf(&root)], &roots, now()), Ok(()));
    assert_eq!(leads_to(&[leaf(&first), first.der.clone()], &roots, now()), Ok(()));
    assert_eq!(leads_to(&[leaf(&second), second.der.clone(), first.der.clone()], &roots, now()), Ok(()));
    let with_root = [leaf(&second), second.der.clone(), first.der.clone(), root.der.clone()];
    assert_eq!(leads_to(&with_root, &roots, now()), Ok(()));

    let untrusted = Err(WebauthnError::UntrustedChain);
    assert_eq!(leads_to(&[leaf(&second), second.der.clone()], &roots, now()), untrusted);
    assert_eq!(leads_to(&[leaf(&second), first.der.clone(), second.der.clone()], &roots, now()), untrusted);
    assert_eq!(leads_to(&[leaf(&first), second.der.clone()], &roots, now()), untrusted);
    assert_eq!(leads_to(&with_root, &[], now()), untrusted);
    assert_eq!(leads_to(&[], &roots, now()), Err(WebauthnError::NoTrustPath));
    assert_eq!(leads_to(&[b"no".to_vec()], &roots, now()), Err(WebauthnError::MalformedCertificate));
    assert_eq!(leads_to(&vec![leaf(&root); 9], &roots, now()), untrusted);
}

#[test]
fn a_certificate_among_the_roots_needs_no_issuer() {
    let certificate = leaf(&Authority::root());
    assert_eq!(
        leads_to(
            std::slice::from_ref(&certificate),
            &[b"no certificate".to_vec(), certificate.clone()],
            now()
        ),
        Ok(())
    );
}

#[test]
fn a_root_that_is_no_authority_issues_nothing() {
    let fake = Authority::root_with(attestation());
    assert_eq!(leads(&[leaf(&fake)], &fake), Err(WebauthnError::UntrustedChain));
}

#[test]
fn an_issuer_is_an_authority_that_may_sign_at_its_place() {
    let tweaks: [(&str, Tweak); 3] = [
        ("no authority", |params| params.is_ca = IsCa::ExplicitNoCa),
        ("says nothing", |params| params.is_ca = IsCa::NoCa),
        ("another use", |params| params.key_usages = vec![KeyUsagePurpose::DigitalSignature]),
    ];
    let root = Authority::root();
    for (why, tweak) in tweaks {
        let issuer = root.below(intermediate(tweak));
        let path = [leaf(&issuer), issuer.der.clone()];
        assert_eq!(leads(&path, &root), Err(WebauthnError::UntrustedChain), "{why}");
    }
}

#[test]
fn a_path_is_no_longer_than_an_authority_allows() {
    let root = Authority::root();
    let last = |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let first = root.below(intermediate(last));
    let second = first.below(authority("Second"));
    let roots = [root.der.clone()];
    assert_eq!(leads_to(&[leaf(&first), first.der.clone()], &roots, now()), Ok(()));
    let longer = [leaf(&second), second.der.clone(), first.der.clone()];
    assert_eq!(leads_to(&longer, &roots, now()), Err(WebauthnError::UntrustedChain));

    let mut constrained = authority("A constrained root");
    last(&mut constrained);
    let root = Authority::root_with(constrained);
    let below = root.below(authority("Below"));
    assert_eq!(leads(&[leaf(&root)], &root), Ok(()));
    let longer = [leaf(&below), below.der.clone()];
    assert_eq!(leads(&longer, &root), Err(WebauthnError::UntrustedChain));
}

#[test]
fn every_certificate_of_the_path_is_valid_now() {
    let root = Authority::root();
    let key = KeyPair::generate().unwrap();
    for (from, until) in [((2020, 1, 1), (2025, 12, 31)), ((2026, 1, 2), (2030, 1, 1))] {
        let mut params = attestation();
        params.not_before = date_time_ymd(from.0, from.1, from.2);
        params.not_after = date_time_ymd(until.0, until.1, until.2);
        let path = [root.issue(&params, &key)];
        let outdated = Err(WebauthnError::CertificateNotValidNow);
        assert_eq!(leads(&path, &root), outdated);

        let issuer = root.below(intermediate(|authority| {
            authority.not_before = params.not_before;
            authority.not_after = params.not_after;
        }));
        assert_eq!(leads(&[leaf(&issuer), issuer.der.clone()], &root), outdated);
    }
}

#[test]
fn a_root_stands_whatever_its_dates() {
    let mut params = authority("An old root");
    params.not_after = date_time_ymd(2000, 1, 1);
    let root = Authority::root_with(params);
    assert_eq!(leads(&[leaf(&root)], &root), Ok(()));
}

#[test]
fn an_unknown_critical_extension_is_refused() {
    let root = Authority::root();
    let mut params = attestation();
    let mut unknown = extension(&[1, 3, 6, 1, 4, 1, 99_999], vec![5, 0]);
    params.custom_extensions.push(unknown.clone());
    let path = [root.issue(&params, &KeyPair::generate().unwrap())];
    assert_eq!(leads(&path, &root), Ok(()));
    unknown.set_criticality(true);
    params.custom_extensions = vec![unknown];
    let path = [root.issue(&params, &KeyPair::generate().unwrap())];
    assert_eq!(leads(&path, &root), Err(WebauthnError::UntrustedChain));
}

#[test]
fn a_changed_certificate_is_not_what_the_authority_signed() {
    let root = Authority::root();
    let good = leaf(&root);
    for place in (0..good.len()).step_by(7) {
        let mut changed = good.clone();
        changed[place] ^= 1;
        assert!(leads(&[changed], &root).is_err(), "byte {place}");
    }
}
