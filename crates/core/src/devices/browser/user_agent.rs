//! Which browser on which system, by the `User-Agent` that it sends. For people who look at their devices; nothing
//! depends on it.

/// What a browser tells of itself. What it does not tell is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserAgent {
    /// Such as `Chrome`.
    pub name: String,
    /// Such as `150.0.0.0`.
    pub version: String,
    /// Such as `Windows`.
    pub system: String,
    /// Such as `10.15.7`.
    pub system_version: String,
}

/// The name of a browser that cannot be told.
pub const UNKNOWN: &str = "Browser";

/// Browsers by the mark that their version stands behind. The first that is there counts, since most also carry the marks
/// of those below them.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
];
/// Safari says its version elsewhere, and others call themselves Safari too.
const SAFARI: &str = "Safari/";

/// Systems by the mark that their version stands behind.
const SYSTEMS: &[(&str, &str)] = &[
    ("Windows NT ", "Windows"),
    ("CrOS ", "Chrome OS"),
    ("Android ", "Android"),
    ("CPU iPhone OS ", "iOS"),
    ("CPU OS ", "iPadOS"),
    ("Mac OS X ", "macOS"),
];
/// Systems that do not say their version.
const VERSIONLESS: &[(&str, &str)] = &[
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// Longest version, in characters.
const MOST_VERSION: usize = 32;

impl UserAgent {
    /// Reads it; whatever the text, there is an answer.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let (name, version) = browser(text).unwrap_or((UNKNOWN, String::new()));
        let (system, system_version) = system(text).unwrap_or_default();
        Self { name: name.to_owned(), version, system: system.to_owned(), system_version }
    }
}

fn browser(text: &str) -> Option<(&'static str, String)> {
    let marked = BROWSERS.iter().find_map(|(mark, name)| Some((*name, version(behind(text, mark)?))));
    marked.or_else(|| {
        text.contains(SAFARI).then(|| ("Safari", behind(text, "Version/").map(version).unwrap_or_default()))
    })
}

fn system(text: &str) -> Option<(&'static str, String)> {
    let marked = SYSTEMS.iter().find_map(|(mark, name)| {
        let rest = behind(text, mark)?;
        // Chrome OS names the processor before its version.
        let rest =
            if *name == "Chrome OS" { rest.split_once(' ').map_or("", |(_, rest)| rest) } else { rest };
        Some((*name, version(rest)))
    });
    marked.or_else(|| {
        let named = VERSIONLESS.iter().find(|(mark, _)| text.contains(mark));
        named.map(|(_, name)| (*name, String::new()))
    })
}

fn behind<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

/// The digits at the beginning, with dots or underlines between; always written with dots.
fn version(text: &str) -> String {
    let digits = text.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '_')).take(MOST_VERSION);
    let version: String = digits.map(|c| if c == '_' { '.' } else { c }).collect();
    version.trim_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn browsers_and_systems_are_told_apart() {
        let known = [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36",
                ["Chrome", "150.0.0.0", "Windows", "10.0"],
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.87",
                ["Edge", "126.0.2592.87", "Windows", "10.0"],
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                ["Safari", "17.5", "macOS", "10.15.7"],
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.108 Mobile/15E148 Safari/604.1",
                ["Chrome", "126.0.6478.108", "iOS", "17.5.1"],
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
                ["Safari", "16.6", "iPadOS", "16.6"],
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
                ["Firefox", "127.0", "Linux", ""],
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
                ["Samsung Internet", "25.0", "Android", "14"],
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 OPR/111.0.0.0",
                ["Opera", "111.0.0.0", "Chrome OS", "14541.0.0"],
            ),
            (
                "Mozilla/5.0 (Android; Mobile; rv:40.0) Gecko/40.0 Firefox/40.0",
                ["Firefox", "40.0", "Android", ""],
            ),
            ("curl/8.5.0", ["Browser", "", "", ""]),
            ("", ["Browser", "", "", ""]),
        ];
        for (text, wanted) in known {
            let read = UserAgent::read(text);
            assert_eq!(
                [&read.name, &read.version, &read.system, &read.system_version],
                wanted.each_ref(),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn versions_are_short_and_plain(text in "\\PC{0,300}") {
            let read = UserAgent::read(&text);
            for version in [&read.version, &read.system_version] {
                prop_assert!(version.len() <= MOST_VERSION);
                prop_assert!(version.chars().all(|c| c.is_ascii_digit() || c == '.'));
            }
        }
    }
}
