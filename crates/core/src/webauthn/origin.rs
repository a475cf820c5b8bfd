//! Which web origins may use the credentials of a relying party.

use url::{Host, Url};

use super::WebauthnError;

/// Checks that the browser's origin is the one the caller named, that it is secure, and that its host is the relying
/// party's domain or below it.
///
/// # Errors
/// [`WebauthnError::OriginMismatch`] or [`WebauthnError::OriginNotAllowed`].
pub(super) fn check(said: &str, named: &str, rp_id: &str) -> Result<(), WebauthnError> {
    let named = Url::parse(named).map_err(|_| WebauthnError::OriginMismatch)?;
    if !is_bare(&named) || named.origin().ascii_serialization() != said {
        return Err(WebauthnError::OriginMismatch);
    }
    match named.host() {
        Some(Host::Domain(host)) if is_secure(&named, host) && is_within(host, rp_id) => Ok(()),
        _ => Err(WebauthnError::OriginNotAllowed),
    }
}

/// Whether there is nothing but scheme, host and port, with a slash at most.
fn is_bare(url: &Url) -> bool {
    matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

/// Browsers take HTTPS for secure, and this host under its own name.
fn is_secure(url: &Url, host: &str) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => host == "localhost" || host.ends_with(".localhost"),
        _ => false,
    }
}

fn is_within(host: &str, rp_id: &str) -> bool {
    !rp_id.is_empty()
        && (host == rp_id || host.strip_suffix(rp_id).is_some_and(|before| before.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_itself_and_those_below_it_may_use_a_credential() {
        for (origin, rp_id) in [
            ("https://example.com", "example.com"),
            ("https://app.example.com", "example.com"),
            ("https://a.b.example.com:8443", "example.com"),
            ("http://localhost:3000", "localhost"),
            ("http://app.localhost", "localhost"),
            ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(check(origin, origin, rp_id), Ok(()), "{origin} {rp_id}");
        }
        assert_eq!(check("https://example.com", "https://example.com/", "example.com"), Ok(()));
        assert_eq!(check("https://example.com", "https://example.com:443", "example.com"), Ok(()));
        assert_eq!(
            check("https://xn--bcher-kva.example", "https://bücher.example", "xn--bcher-kva.example"),
            Ok(())
        );
    }

    #[test]
    fn others_may_not() {
        for (origin, rp_id) in [
            ("https://example.com", "app.example.com"),
            ("https://evilexample.com", "example.com"),
            ("https://example.com.evil.org", "example.com"),
            ("http://example.com", "example.com"),
            ("http://127.0.0.1", "127.0.0.1"),
            ("https://127.0.0.1", "127.0.0.1"),
            ("http://[::1]", "[::1]"),
            ("http://notlocalhost", "localhost"),
            ("https://example.com", ""),
            ("https://example.com", "EXAMPLE.com"),
        ] {
            assert_eq!(
                check(origin, origin, rp_id),
                Err(WebauthnError::OriginNotAllowed),
                "{origin} {rp_id}"
            );
        }
    }

    #[test]
    fn the_browsers_origin_and_the_named_one_are_the_same() {
        for (said, named) in [
            ("https://app.example.com", "https://example.com"),
            ("https://example.com/", "https://example.com"),
            ("https://example.com", "https://example.com/path"),
            ("https://example.com", "https://user@example.com"),
            ("https://example.com", "https://example.com/?q"),
            ("https://example.com:8443", "https://example.com"),
            ("http://example.com", "https://example.com"),
            ("https://example.com", "example.com"),
            ("https://example.com", ""),
            ("", ""),
            ("null", "null"),
            ("android:apk-key-hash:abc", "android:apk-key-hash:abc"),
        ] {
            assert_eq!(
                check(said, named, "example.com"),
                Err(WebauthnError::OriginMismatch),
                "{said} {named}"
            );
        }
    }
}
