//! Which pages of other origins may act with the browser's cookies (platform contract 1.8).

use super::{Application, CorsBehavior};

impl Application {
    /// Whether its settings name this origin.
    #[must_use]
    pub fn names_origin(&self, origin: &str) -> bool {
        self.cors_settings.as_ref().is_some_and(|settings| {
            settings.behavior == CorsBehavior::SpecificOrigins
                && settings.origins.iter().flatten().any(|entry| fits(entry, origin))
        })
    }
}

/// Whether the origin is the listed one; `*` stands for one or more labels of a host.
fn fits(entry: &str, origin: &str) -> bool {
    let Some((scheme, domain)) = entry.split_once("*.") else {
        return entry.trim_end_matches('/').eq_ignore_ascii_case(origin);
    };
    let labels = origin.strip_prefix(scheme).and_then(|rest| rest.strip_suffix(domain.trim_end_matches('/')));
    labels.is_some_and(|labels| labels.len() > 1 && labels.ends_with('.') && !labels.contains(['/', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_sub_domains_only() {
        let allowed = |origin| fits("https://*.example.com", origin);
        assert!(allowed("https://app.example.com"));
        assert!(allowed("https://a.b.example.com"));
        for origin in [
            "https://example.com",
            "https://evilexample.com",
            "http://app.example.com",
            "https://evil.com/.example.com",
            "null",
        ] {
            assert!(!allowed(origin), "{origin}");
        }
    }
}
