//! TLS for servers without a proxy in front.
//!
//! The certificate may change while the server runs: the files are looked at every few seconds, and at once after
//! SIGHUP. What is broken or does not fit leaves the old one in its place.

use std::fmt::{Debug, Formatter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use postern_core::crypto::sha256;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::shutdown::Stop;

/// How long a handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Between looks at the files.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// A certificate and its key, ready to use. Clones share them.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    shelf: Arc<Shelf>,
}

impl Tls {
    /// Reads the certificate with its chain, and the key, both as PEM.
    pub(crate) fn read(certificate: &Path, key: &Path) -> anyhow::Result<Self> {
        let shelf = Arc::new(Shelf::filled(certificate, key)?);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&shelf) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), shelf })
    }

    /// The connection after its handshake, if that went well.
    pub(crate) async fn accept(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        match tokio::time::timeout(HANDSHAKE_TIMEOUT, self.acceptor.accept(stream)).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a TLS handshake failed");
                None
            }
            Err(_) => None,
        }
    }

    /// Follows changes of the files until it is time to stop.
    pub(crate) async fn follow(self, mut stop: Stop) {
        let mut asked = hang_ups();
        loop {
            tokio::select! {
                () = stop.pulled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = asked.next() => {}
            }
            let shelf = Arc::clone(&self.shelf);
            match tokio::task::spawn_blocking(move || shelf.refill()).await {
                Ok(Ok(true)) => tracing::info!("the new certificate is in use"),
                Ok(Ok(false)) => {}
                Ok(Err(error)) => tracing::warn!(
                    error = &*error as &dyn std::error::Error,
                    "the new certificate cannot be used; the old one stays"
                ),
                Err(error) => tracing::error!(%error, "reading the certificate ended by a fault"),
            }
        }
    }
}

/// Where the certificate in use is, and the files that it came from.
struct Shelf {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
    /// What was tried last, so that each change is tried, and told, once.
    tried: Mutex<[u8; 32]>,
}

impl Debug for Shelf {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Shelf {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Shelf {
    fn filled(certificate: &Path, key: &Path) -> anyhow::Result<Self> {
        let files = Contents::read(certificate, key);
        let tried = Mutex::new(digest(&files));
        let current = RwLock::new(Arc::new(files?.certified(certificate, key)?));
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), current, tried })
    }

    /// Takes what the files hold now. Whether it is another certificate; an error is told once.
    fn refill(&self) -> anyhow::Result<bool> {
        let files = Contents::read(&self.certificate, &self.key);
        let digest = digest(&files);
        {
            let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
            if std::mem::replace(&mut *tried, digest) == digest {
                return Ok(false);
            }
        }
        let certified = Arc::new(files?.certified(&self.certificate, &self.key)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = certified;
        Ok(true)
    }
}

/// What is in the files.
struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Contents {
    fn read(certificate: &Path, key: &Path) -> anyhow::Result<Self> {
        let read =
            |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        Ok(Self { certificate: read(certificate)?, key: read(key)? })
    }

    fn certified(&self, certificate: &Path, key: &Path) -> anyhow::Result<CertifiedKey> {
        let chain = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<Vec<_>, _>>()
            .with_context(|| format!("cannot read the certificate in {}", certificate.display()))?;
        anyhow::ensure!(!chain.is_empty(), "there is no certificate in {}", certificate.display());
        let private = PrivateKeyDer::from_pem_slice(&self.key)
            .with_context(|| format!("cannot read the private key in {}", key.display()))?;
        CertifiedKey::from_der(chain, private, &aws_lc_rs::default_provider())
            .with_context(|| format!("{} and {} do not fit", certificate.display(), key.display()))
    }
}

/// Of the contents, or of why there are none.
fn digest(files: &anyhow::Result<Contents>) -> [u8; 32] {
    match files {
        Ok(Contents { certificate, key }) => sha256(&[sha256(certificate), sha256(key)].concat()),
        Err(error) => sha256(format!("{error:#}").as_bytes()),
    }
}

#[cfg(unix)]
struct HangUps(Option<tokio::signal::unix::Signal>);

#[cfg(unix)]
fn hang_ups() -> HangUps {
    use tokio::signal::unix::{SignalKind, signal};
    HangUps(signal(SignalKind::hangup()).ok())
}

#[cfg(not(unix))]
struct HangUps;

#[cfg(not(unix))]
fn hang_ups() -> HangUps {
    HangUps
}

impl HangUps {
    /// Returns when somebody asks to look now.
    async fn next(&mut self) {
        #[cfg(unix)]
        if let Self(Some(signal)) = self
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests;
