//! Forms of texts that several declarations share.

use url::{Host, Url};

use crate::email::EmailAddress;

/// An absolute `http` or `https` URL with a host.
#[must_use]
pub fn is_web_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// An absolute `https` URL with a host.
#[must_use]
pub fn is_https_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.has_host())
}

/// Any absolute URI.
#[must_use]
pub fn is_absolute_uri(text: &str) -> bool {
    Url::parse(text).is_ok() && !text.contains(char::is_whitespace)
}

/// A web origin: scheme and host, perhaps a port, nothing behind; the host may begin with `*.`.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    if !matches!(scheme, "http" | "https") || rest.contains(['/', '?', '#', '@', ' ']) {
        return false;
    }
    let plain = rest.strip_prefix("*.").unwrap_or(rest);
    !plain.contains('*')
        && Url::parse(&format!("{scheme}://{plain}"))
            .is_ok_and(|url| matches!(url.host(), Some(Host::Domain(_) | Host::Ipv4(_))))
}

/// An e-mail address.
#[must_use]
pub fn is_email(text: &str) -> bool {
    EmailAddress::parse(text).is_ok()
}

/// A language tag such as `en`, `en-GB` or `zh-Hant-TW`.
#[must_use]
pub fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let first = parts.next().unwrap_or_default();
    (2..=8).contains(&first.len())
        && first.chars().all(|c| c.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Language ranges as in `Accept-Language`: `en-US, de;q=0.7, *;q=0.1`.
#[must_use]
pub fn is_language_ranges(text: &str) -> bool {
    text.split(',').all(|range| {
        let (tag, weight) = match range.trim().split_once(';') {
            Some((tag, weight)) => (tag.trim(), Some(weight.trim())),
            None => (range.trim(), None),
        };
        let weighs = |weight: &str| {
            weight
                .strip_prefix("q=")
                .and_then(|q| q.parse::<f32>().ok())
                .is_some_and(|q| (0.0..=1.0).contains(&q))
        };
        (tag == "*" || is_language_tag(tag)) && weight.is_none_or(weighs)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(test: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        good.iter().for_each(|text| assert!(test(text), "{text} should pass"));
        bad.iter().for_each(|text| assert!(!test(text), "{text} should fail"));
    }

    #[test]
    fn forms_tell_good_from_bad() {
        table(
            is_web_url,
            &["https://a.example/x?y", "http://localhost:3000"],
            &["a.example", "ftp://a", "https://"],
        );
        table(is_absolute_uri, &["com.acme.app://cb", "urn:a:b"], &["x", "a b:c", ""]);
        table(
            is_origin,
            &["https://a.example", "http://localhost:3000", "https://*.a.example", "http://10.0.0.1"],
            &[
                "https://a.example/",
                "*.a.example",
                "https://a.*.example",
                "https://[::1]",
                "ftp://a",
                "https://u@a",
            ],
        );
        table(
            is_email,
            &["a@b.co", "first.last+tag@sub.example.com", "o'neil@exämple.org"],
            &["a", "a@b", "@b.co", "a b@c.co", ".a@b.co", "a@-b.co", "a@b..co", "a@@b.co"],
        );
        table(is_language_tag, &["en", "en-GB", "zh-Hant-TW", "pt_BR"], &["e", "en-", "1a", ""]);
        table(is_language_ranges, &["en", "en-US, de;q=0.7, *;q=0.1"], &["", "en;q=2", "en;;", "en,"]);
    }
}
