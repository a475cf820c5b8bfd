//! What a certificate says: for which names it is good, from when and until when, and by whom.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use postern_core::time::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_parser::extensions::GeneralName;

/// What it says.
#[derive(Debug)]
pub(crate) struct Facts {
    /// Names and addresses, in small letters.
    pub(crate) names: BTreeSet<String>,
    /// It is good from this moment on.
    pub(crate) from: Timestamp,
    /// Up to this moment.
    pub(crate) until: Timestamp,
    /// Whose it is, as it stands there.
    pub(crate) subject: Vec<u8>,
    /// Who signed it, as it stands there.
    pub(crate) issuer: Vec<u8>,
}

impl Facts {
    /// Reads the first certificate of a PEM file.
    pub(crate) fn of_file(path: &Path) -> anyhow::Result<Self> {
        let der = CertificateDer::from_pem_file(path)
            .with_context(|| format!("cannot read the certificate in {}", path.display()))?;
        Self::of(&der).with_context(|| format!("cannot understand the certificate in {}", path.display()))
    }

    fn of(der: &[u8]) -> anyhow::Result<Self> {
        let (_, parsed) = x509_parser::parse_x509_certificate(der).map_err(|error| anyhow!("{error}"))?;
        let alternatives = parsed.subject_alternative_name().map_err(|error| anyhow!("{error}"))?;
        let names = alternatives.iter().flat_map(|names| &names.value.general_names).filter_map(name);
        Ok(Self {
            names: names.collect(),
            from: Timestamp::from_seconds(parsed.validity().not_before.timestamp()),
            until: Timestamp::from_seconds(parsed.validity().not_after.timestamp()),
            subject: parsed.subject().as_raw().to_vec(),
            issuer: parsed.issuer().as_raw().to_vec(),
        })
    }

    /// Whether it is good for a host. A star stands for the first part of a name.
    pub(crate) fn covers(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        let starred = host.split_once('.').map(|(_, rest)| format!("*.{rest}"));
        self.names.contains(&host) || starred.is_some_and(|name| self.names.contains(&name))
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        GeneralName::IPAddress(octets) => address(octets).map(|address| address.to_string()),
        _ => None,
    }
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).map(|octets| Ipv4Addr::from(octets).into());
    v4.or_else(|_| <[u8; 16]>::try_from(octets).map(|octets| Ipv6Addr::from(octets).into())).ok()
}
