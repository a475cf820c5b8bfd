//! The certificate authority of a development server, and the certificate that it gives the server.
//!
//! Both are kept in the data folder, with their keys, so that whoever trusts the authority once trusts it after the
//! next start. The authority lives for ten years; the server gets a new certificate in time before the old one ends,
//! and when its names change.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use data_encoding::HEXLOWER;
use postern_core::crypto::sha256;
use postern_core::time::{Span, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PublicKeyData as _,
};

use crate::certificate::Facts;
use crate::private_file;

/// How long the authority lives.
const AUTHORITY_LIVES: Span = Span::days(3650);
/// How long the server's certificate lives: some clients refuse more than 398 days.
const SERVER_LIVES: Span = Span::days(397);
/// Clocks differ: a certificate is good from a day before it was made, which counts towards its life.
const BACKDATED: Span = Span::days(1);
/// What ends sooner is made anew.
const LEAST_LEFT: Span = Span::days(30);

/// Where everything is, in PEM.
#[derive(Debug)]
pub(super) struct Files {
    /// The certificate of the authority, for clients to trust.
    pub(super) authority: PathBuf,
    /// The certificate of the server.
    pub(super) certificate: PathBuf,
    /// Its key.
    pub(super) key: PathBuf,
}

/// What is in the folder and still good for these names and addresses; what is not is made.
pub(super) fn find_or_make(folder: &Path, names: &[String], now: Timestamp) -> anyhow::Result<Files> {
    private_file::folder(folder)?;
    let files = Files {
        authority: folder.join("ca.pem"),
        certificate: folder.join("server.pem"),
        key: folder.join("server.key"),
    };
    let authority = Authority::find_or_make(&files.authority, &folder.join("ca.key"), now)?;
    if !authority.has_certified(&files, names, now) {
        authority.certify(&files, names, now)?;
    }
    Ok(files)
}

struct Authority {
    key: KeyPair,
    facts: Facts,
}

impl Authority {
    fn find_or_make(certificate: &Path, key: &Path, now: Timestamp) -> anyhow::Result<Self> {
        if !certificate.exists() || !key.exists() {
            return Self::make(certificate, key, now);
        }
        let text = std::fs::read_to_string(key).with_context(|| format!("cannot read {}", key.display()))?;
        let read = KeyPair::from_pem(&text).with_context(|| format!("{} holds no key", key.display()))?;
        let facts = Facts::of_file(certificate)?;
        // It must outlive what it certifies.
        if facts.until < now.plus(SERVER_LIVES) {
            return Self::make(certificate, key, now);
        }
        Ok(Self { key: read, facts })
    }

    fn make(certificate: &Path, key: &Path, now: Timestamp) -> anyhow::Result<Self> {
        let made = KeyPair::generate().context("cannot make a key")?;
        let mut params = Self::params(&made);
        live(&mut params, now.minus(BACKDATED), AUTHORITY_LIVES);
        let signed = params.self_signed(&made).context("cannot make the certificate authority")?;
        forget(certificate)?;
        private_file::write(key, &made.serialize_pem())?;
        private_file::write(certificate, &signed.pem())?;
        Ok(Self { key: made, facts: Facts::of_file(certificate)? })
    }

    /// Who it is. The name is its key's, so that one authority is not taken for another.
    fn params(key: &KeyPair) -> CertificateParams {
        let mut params = CertificateParams::default();
        let digest = HEXLOWER.encode(&sha256(&key.subject_public_key_info()));
        let name = format!("Postern development CA {}", digest.get(..8).unwrap_or_default());
        params.distinguished_name = named(&name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
    }

    fn has_certified(&self, files: &Files, names: &[String], now: Timestamp) -> bool {
        let Ok(facts) = Facts::of_file(&files.certificate) else { return false };
        files.key.exists()
            && facts.issuer == self.facts.subject
            && facts.names.iter().eq(names.iter().collect::<BTreeSet<_>>())
            && facts.from <= now
            && now.plus(LEAST_LEFT) < facts.until
    }

    fn certify(&self, files: &Files, names: &[String], now: Timestamp) -> anyhow::Result<()> {
        let key = KeyPair::generate().context("cannot make a key")?;
        let mut params = CertificateParams::new(names).context("a name cannot stand in a certificate")?;
        params.distinguished_name = named("Postern development server");
        live(&mut params, now.minus(BACKDATED), SERVER_LIVES);
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let issuer = Issuer::new(Self::params(&self.key), &self.key);
        let signed = params.signed_by(&key, &issuer).context("cannot make the certificate")?;
        forget(&files.certificate)?;
        private_file::write(&files.key, &key.serialize_pem())?;
        private_file::write(&files.certificate, &signed.pem())
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut whole = DistinguishedName::new();
    whole.push(DnType::OrganizationName, "Postern");
    whole.push(DnType::CommonName, name);
    whole
}

fn live(params: &mut CertificateParams, from: Timestamp, span: Span) {
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let since = |at: Timestamp| Duration::from_secs(u64::try_from(at.seconds()).unwrap_or_default());
    params.not_before = epoch + since(from);
    params.not_after = epoch + since(from.plus(span));
}

/// Before its key is replaced a certificate goes: one without a key is made anew, one with a wrong key would stay.
fn forget(certificate: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(certificate) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", certificate.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_767_607_200);

    fn names(hosts: &[&str]) -> Vec<String> {
        hosts.iter().map(|host| (*host).to_owned()).collect()
    }

    /// The folder's authority and server certificate after a start.
    fn started(folder: &Path, hosts: &[&str], now: Timestamp) -> (String, String) {
        let files = find_or_make(folder, &names(hosts), now).unwrap();
        let facts = Facts::of_file(&files.certificate).unwrap();
        assert!(facts.from < now && facts.until.since(facts.from) <= SERVER_LIVES, "{facts:?}");
        let read = |path| std::fs::read_to_string(path).unwrap();
        (read(files.authority), read(files.certificate))
    }

    #[test]
    fn a_second_start_finds_what_the_first_made() {
        let folder = tempfile::tempdir().unwrap();
        let hosts = ["api.postern.localhost", "auth.postern.localhost", "127.0.0.1", "::1"];
        let first = started(folder.path(), &hosts, NOW);
        assert_eq!(started(folder.path(), &hosts, NOW.plus(Span::days(300))), first);
    }

    #[test]
    fn the_server_gets_another_certificate_before_its_own_ends_and_when_its_names_change() {
        let folder = tempfile::tempdir().unwrap();
        let first = started(folder.path(), &["a.test"], NOW);
        let renewed = started(folder.path(), &["a.test"], NOW.plus(Span::days(370)));
        assert_eq!(renewed.0, first.0);
        assert_ne!(renewed.1, first.1);
        let renamed = started(folder.path(), &["a.test", "b.test"], NOW.plus(Span::days(370)));
        assert_eq!(renamed.0, first.0);
        assert_ne!(renamed.1, renewed.1);
        let facts = Facts::of_file(&folder.path().join("server.pem")).unwrap();
        assert!(facts.covers("B.test") && facts.covers("a.test") && !facts.covers("c.test"));
    }

    #[test]
    fn another_authority_certifies_the_server_anew() {
        let folder = tempfile::tempdir().unwrap();
        let first = started(folder.path(), &["a.test"], NOW);
        std::fs::remove_file(folder.path().join("ca.pem")).unwrap();
        let second = started(folder.path(), &["a.test"], NOW);
        assert!(second.0 != first.0 && second.1 != first.1);
        let later = started(folder.path(), &["a.test"], NOW.plus(Span::days(3600)));
        assert_ne!(later.0, second.0, "one that is about to end is replaced");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_keys() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        started(folder.path(), &["a.test"], NOW);
        for key in ["ca.key", "server.key"] {
            let mode = std::fs::metadata(folder.path().join(key)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{key}");
        }
    }
}
