//! Redirect URIs with wildcards, for the applications that switch them on.
//!
//! `*` stands for characters within one label of the host or one segment of the
//! path, so it never reaches another host. Everything else is compared exactly.

use url::Url;

/// What a star in the host does not cross.
const HOST_STOPS: &[char] = &['.', '/', '?', '#', ':', '@', '\\'];
/// What a star in the path does not cross.
const PATH_STOPS: &[char] = &['/', '?', '#', '\\'];

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
    scheme == own_scheme && glob(host, own_host, HOST_STOPS) && glob(path, own_path, PATH_STOPS)
}

/// The authority, and everything from the first slash on.
fn split(text: &str) -> (&str, &str) {
    text.find('/').and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

/// Whether the text fits; `*` stands for one or more characters outside `stops`.
///
/// Each literal between two stars is taken where it first occurs. A later occurrence never fits better: whatever a star
/// may not cross lies either before it, where the star in front meets it too, or within the literal, which pins it to
/// one place. So the text is walked through once, however many stars there are.
fn glob(pattern: &str, text: &str, stops: &[char]) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(head) else { return false };
    let covers = |skipped: &str| !skipped.is_empty() && !skipped.contains(stops);
    let (inner, last) = tail.rsplit_once('*').map_or((None, tail), |(inner, last)| (Some(inner), last));
    for literal in inner.into_iter().flat_map(|inner| inner.split('*')) {
        let Some((skipped, after)) = split_at_first(rest, literal) else { return false };
        if !covers(skipped) {
            return false;
        }
        rest = after;
    }
    rest.strip_suffix(last).is_some_and(covers)
}

/// What stands before and after the literal where it first occurs behind at least one character.
fn split_at_first<'t>(text: &'t str, literal: &str) -> Option<(&'t str, &'t str)> {
    let first = text.chars().next()?.len_utf8();
    let at = first + text.get(first..)?.find(literal)?;
    Some((text.get(..at)?, text.get(at + literal.len()..)?))
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

    /// The same question, answered by trying every length of every star.
    fn tried(pattern: &str, text: &str, stops: &[char]) -> bool {
        let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
        let Some(rest) = text.strip_prefix(head) else { return false };
        (1..=rest.len())
            .take_while(|length| !rest[..*length].contains(stops))
            .any(|length| tried(tail, &rest[length..], stops))
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(20_000))]

        #[test]
        fn walking_through_once_finds_what_trying_everything_finds(
            pattern in "[ab/*]{0,8}", text in "[ab/]{0,10}"
        ) {
            proptest::prop_assert_eq!(glob(&pattern, &text, &['/']), tried(&pattern, &text, &['/']));
        }
    }

    #[test]
    fn many_stars_and_a_long_text_come_to_an_end() {
        let pattern = format!("https://example.com/{}b", "*a".repeat(60));
        let uri = format!("https://example.com/{}", "a".repeat(2000));
        assert!(!matches(&pattern, &uri));
        assert!(matches(&pattern, &format!("{uri}b")));
    }
}
