//! Redirect URIs with wildcards, for the applications that switch them on.
//!
//! `*` stands for characters within one label of the host or one segment of the
//! path, so it never reaches another host. Everything else is compared exactly.

use url::Url;

/// Whether the URI fits the pattern.
#[must_use]
pub(super) fn matches(pattern: &str, uri: &str) -> bool {
    let Ok(parsed) = Url::parse(uri) else { return false };
    if parsed.as_str().trim_end_matches('/') != uri.trim_end_matches('/')
        || !parsed.username().is_empty()
        || parsed.password().is_some()
    {
        return false;
    }
    let (Some((scheme, pattern)), Some((own_scheme, rest))) =
        (pattern.split_once("://"), uri.split_once("://"))
    else {
        return false;
    };
    let (host, path) = split(pattern);
    let (own_host, own_path) = split(rest);
    scheme == own_scheme && glob(host, own_host, b"./?#:@\\") && glob(path, own_path, b"/?#\\")
}

/// The authority, and everything from the first slash on.
fn split(text: &str) -> (&str, &str) {
    text.find('/').and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

/// Whether the text fits; `*` stands for one or more bytes outside `stops`.
fn glob(pattern: &str, text: &str, stops: &[u8]) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(head) else { return false };
    (1..=rest.len())
        .take_while(|length| rest.as_bytes().get(length - 1).is_some_and(|byte| !stops.contains(byte)))
        .filter_map(|length| rest.get(length..))
        .any(|rest| glob(tail, rest, stops))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_its_label_and_segment() {
        assert!(matches("https://*.example.com/cb", "https://app.example.com/cb"));
        assert!(matches("https://example.com/*/cb", "https://example.com/tenant/cb"));
        for uri in [
            "https://example.com/cb",
            "https://a.b.example.com/cb",
            "https://evil.com/.example.com/cb",
            "https://evil.com#.example.com/cb",
            "https://evil.com\\.example.com/cb",
            "https://user@app.example.com/cb",
            "http://app.example.com/cb",
            "https://app.example.com/cb/",
            "https://app.example.com/cb?x=1",
            "https://app.example.com:8443/cb",
        ] {
            assert!(!matches("https://*.example.com/cb", uri), "{uri}");
        }
        assert!(!matches("https://example.com/*/cb", "https://example.com/a/b/cb"));
        assert!(!matches("https://example.com/*/cb", "https://example.com/../cb"));
    }
}
