//! Cross-origin rules (platform contract 1.8).
//!
//! Calls that carry an access token answer every origin, without cookies.
//! Cookie-bearing endpoints answer the origins that the application of the
//! request allows; their handlers ask [`allowed`] and set the headers.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, VARY,
};

use super::Reply;

const HEADERS: &str = "Accept, Accept-Language, Content-Language, Content-Type, Range, Authorization, Content-Length, Cookie, \
Correlation-Id, Origin, Origin-Cookies, Referer, X-Amz-Date, X-Amz-Security-Token, X-Api-Key, X-client-version, \
X-Content-Type-Options, X-Ping-External-Transaction-ID, X-Ping-External-Session-ID";

/// The answer to a preflight for a path that offers these methods.
#[must_use]
pub fn preflight(methods: &str, origin: &str, with_cookies: bool) -> Reply {
    let reply = Reply::no_content()
        .header(ACCESS_CONTROL_ALLOW_METHODS, methods)
        .header(ACCESS_CONTROL_ALLOW_HEADERS, HEADERS)
        .header(ACCESS_CONTROL_MAX_AGE, "3600");
    if with_cookies { credentialed(reply, origin) } else { any(reply) }
}

/// Lets every origin read the answer, without cookies.
#[must_use]
pub fn any(reply: Reply) -> Reply {
    reply.header(ACCESS_CONTROL_ALLOW_ORIGIN, "*").header(ACCESS_CONTROL_EXPOSE_HEADERS, "Correlation-Id")
}

/// Lets this origin read the answer to a request with cookies.
#[must_use]
pub fn credentialed(reply: Reply, origin: &str) -> Reply {
    reply
        .header(ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        .header(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")
        .header(ACCESS_CONTROL_EXPOSE_HEADERS, "Correlation-Id")
        .header(VARY, "Origin")
}

/// Whether one of the allowed origins matches; `*` stands for one or more labels of a host.
#[must_use]
pub fn allowed(origin: &str, list: &[String]) -> bool {
    list.iter().any(|entry| match entry.split_once("*.") {
        Some((scheme, domain)) => origin
            .strip_prefix(scheme)
            .and_then(|rest| rest.strip_suffix(domain))
            .is_some_and(|labels| labels.len() > 1 && labels.ends_with('.') && !labels.contains(['/', ':'])),
        None => entry.trim_end_matches('/').eq_ignore_ascii_case(origin),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_sub_domains_only() {
        let list = vec!["https://*.example.com".to_owned()];
        assert!(allowed("https://app.example.com", &list));
        assert!(allowed("https://a.b.example.com", &list));
        assert!(!allowed("https://example.com", &list));
        assert!(!allowed("https://evilexample.com", &list));
        assert!(!allowed("http://app.example.com", &list));
        assert!(!allowed("https://evil.com/.example.com", &list));
    }
}
