//! Which of PingOne's public operations are served: the page `docs/reference/api-coverage.md`.
//!
//! Made from the route table and from the list of operations beside this file,
//! so that it cannot claim what is not there.

mod limits;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::web::Route;

/// One `METHOD path` per line.
const OPERATIONS: &str = include_str!("coverage/operations.txt");

/// The page, in Markdown.
#[must_use]
pub fn page(routes: &[Route]) -> String {
    let served: BTreeSet<String> =
        routes.iter().map(|route| key(route.method.as_str(), route.path)).collect();
    let known: Vec<(&str, &str)> = OPERATIONS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .collect();
    let missing: Vec<_> =
        known.iter().filter(|(method, path)| !served.contains(&key(method, path))).collect();
    let done = known.len() - missing.len();
    let mut page = format!(
        "# API coverage\n\nMade by `scripts/generate` from the route table.\n\n\
         {done} of {} operations that PingOne documents publicly are served. An operation that is not answers 404 or 405; \
         nothing is stubbed.\n\n",
        known.len()
    );
    served_section(&mut page, routes);
    missing_section(&mut page, &missing);
    page
}

fn served_section(page: &mut String, routes: &[Route]) {
    page.push_str("## Served\n");
    let mut group = "";
    for route in routes {
        if route.group != group {
            group = route.group;
            let _ = write!(page, "\n### {group}\n\n");
            if let Some(why) = limits::stored(group) {
                let _ = write!(page, "Kept and shown, but not acted upon. {why}\n\n");
            }
            if let Some(what) = limits::kept(group) {
                let _ = write!(page, "Kept and shown, but not acted upon: {what}\n\n");
            }
            page.push_str("| Operation | Media type | |\n|---|---|---|\n");
        }
        let _ = writeln!(page, "| `{} {}` | {} | {} |", route.method, route.path, media(route), route.title);
    }
}

fn media(route: &Route) -> String {
    let name = route.media.name();
    if name.is_empty() { name } else { format!("`{name}`") }
}

fn missing_section(page: &mut String, missing: &[&(&str, &str)]) {
    page.push_str("\n## Not served\n\n| Operation | |\n|---|---|\n");
    for (method, path) in missing {
        let why = limits::not_planned(path).map(|why| format!("Not planned: {why}"));
        let _ = writeln!(page, "| `{method} {path}` | {} |", why.as_deref().unwrap_or("Not yet."));
    }
}

/// Method and path without the names of the parameters, which differ between documents.
fn key(method: &str, path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    format!("{method} {}", parts.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calls_of_the_sms_workflow_and_of_mfa_are_served() {
        let routes = crate::routes();
        let page = page(&routes);
        let (_, missing) = page.split_once("## Not served").unwrap();
        for path in [
            "POST /v1/environments/{envID}/users/{userID}/devices`",
            "POST /v1/environments/{envID}/templates/{templateName}/contents`",
            "GET /{envID}/as/authorize`",
            "POST /{envID}/flows/{flowID}`",
            "POST /{envID}/as/token`",
            "deviceAuthentications",
            "fido",
            "oath",
            "pushCredentials",
            "pairingKeys",
        ] {
            assert!(!missing.contains(path), "{path}");
        }
        assert!(missing.contains("/propagation/"), "what is not built is said");
    }

    #[test]
    fn a_chapter_that_is_only_kept_is_one_that_is_served() {
        let groups: BTreeSet<&str> = crate::routes().iter().map(|route| route.group).collect();
        for (group, _) in limits::STORED.iter().chain(limits::PARTS) {
            assert!(groups.contains(group), "{group}");
        }
        for (part, _) in limits::NOT_PLANNED {
            assert!(OPERATIONS.contains(part), "{part}");
        }
    }
}
