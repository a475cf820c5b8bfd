use rcgen::{CertificateParams, KeyPair};
use tokio::net::TcpListener;

use super::*;

/// A certificate for a name, signed by itself, and its key.
fn made(name: &str) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap();
    (certificate.pem(), key.serialize_pem())
}

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn paths(&self) -> (PathBuf, PathBuf) {
        (self.folder.path().join("tls.crt"), self.folder.path().join("tls.key"))
    }

    fn put(&self, (certificate, key): &(String, String)) {
        let paths = self.paths();
        std::fs::write(paths.0, certificate).unwrap();
        std::fs::write(paths.1, key).unwrap();
    }

    fn tls(&self) -> Tls {
        let (certificate, key) = self.paths();
        Tls::read(&certificate, &key).unwrap()
    }
}

/// The certificate that a client gets to see, which must be one that it trusts.
async fn shown(tls: &Tls, name: &'static str, trusted: &str) -> bool {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap()).unwrap();
    let mut config = rustls::ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let client = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        connector.connect(name.try_into().unwrap(), stream).await
    };
    let server = async { tls.accept(listener.accept().await.unwrap().0).await };
    let (client, _held) = tokio::join!(client, server);
    client.is_ok_and(|stream| stream.get_ref().1.alpn_protocol() == Some(b"h2"))
}

#[tokio::test]
async fn a_changed_certificate_is_taken_while_the_server_runs() {
    let (place, old, new) = (Place::new(), made("a.test"), made("a.test"));
    place.put(&old);
    let tls = place.tls();
    assert!(shown(&tls, "a.test", &old.0).await && !shown(&tls, "a.test", &new.0).await);
    assert!(!tls.shelf.refill().unwrap(), "nothing has changed");
    place.put(&new);
    assert!(tls.shelf.refill().unwrap());
    assert!(shown(&tls, "a.test", &new.0).await && !shown(&tls, "a.test", &old.0).await);
}

#[tokio::test]
async fn a_broken_certificate_is_told_once_and_leaves_the_old_one() {
    let (place, old, new) = (Place::new(), made("a.test"), made("a.test"));
    place.put(&old);
    let tls = place.tls();
    for broken in
        [(new.0.clone(), old.1.clone()), (String::new(), new.1.clone()), (new.0.clone(), "no key".to_owned())]
    {
        place.put(&broken);
        let error = tls.shelf.refill().unwrap_err();
        assert!(!format!("{error:#}").contains("PRIVATE"), "{error:#}");
        assert!(!tls.shelf.refill().unwrap(), "told once");
        assert!(shown(&tls, "a.test", &old.0).await);
    }
    std::fs::remove_file(place.paths().1).unwrap();
    assert!(tls.shelf.refill().is_err());
    assert!(!tls.shelf.refill().unwrap());
    place.put(&new);
    assert!(tls.shelf.refill().unwrap());
    assert!(shown(&tls, "a.test", &new.0).await);
}

#[test]
fn what_does_not_fit_is_refused_at_the_start() {
    let (place, one, other) = (Place::new(), made("a.test"), made("a.test"));
    place.put(&(one.0, other.1));
    let (certificate, key) = place.paths();
    let error = Tls::read(&certificate, &key).err().unwrap();
    assert!(format!("{error:#}").contains("do not fit"), "{error:#}");
}
