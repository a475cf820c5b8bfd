//! The list of authenticators that the FIDO Alliance publishes, read once at the start.

use std::path::Path;

use anyhow::Context as _;
use postern_core::fido::Catalogue;
use postern_core::time::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::config::MetadataFiles;

/// The list of the configuration; an empty one when there is none.
pub(crate) fn load(files: Option<&MetadataFiles>, now: Timestamp) -> anyhow::Result<Catalogue> {
    let Some(MetadataFiles { list, root }) = files else { return Ok(Catalogue::default()) };
    let text = std::fs::read_to_string(list).with_context(|| format!("cannot read {}", list.display()))?;
    Catalogue::read(&text, &roots(root)?, now)
        .with_context(|| format!("the metadata in {} cannot be used", list.display()))
}

/// The certificates in a PEM file.
fn roots(path: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = read.with_context(|| format!("cannot read the certificates in {}", path.display()))?;
    anyhow::ensure!(!certificates.is_empty(), "there is no certificate in {}", path.display());
    Ok(certificates.into_iter().map(|certificate| certificate.to_vec()).collect())
}

/// Whether another list is due by now.
pub(crate) fn is_overdue(list: &Catalogue, now: Timestamp) -> bool {
    let today = now.to_string();
    let due = list.next_update();
    !due.is_empty() && today.get(..10).is_some_and(|today| due < today)
}
