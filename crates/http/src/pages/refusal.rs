//! An authorization request that cannot be answered to its application, told to the person (`?error=`).
//!
//! The error comes in the address, so anybody can write one. Only what is known
//! is shown: our own sentences, the name of a parameter and an id.

use std::fmt::Write as _;

use serde_json::Value;
use uuid::Uuid;

use super::super::web::Reply;
use super::markup::{Escaped, Page};

/// The page for this error object.
pub(super) fn page(error: &str) -> Reply {
    let error: Value = serde_json::from_str(error).unwrap_or_default();
    let target = error.pointer("/details/0/target").and_then(Value::as_str).unwrap_or_default();
    let why = match target {
        "client_id" => "The application is unknown, or it is disabled.",
        "redirect_uri" => "The address that the answer should go to is not registered for the application.",
        _ => "The application sent a request that is not valid.",
    };
    let mut facts = String::new();
    if is_parameter(target) {
        let _ = writeln!(facts, "<dt>Parameter</dt><dd><code>{}</code></dd>", Escaped(target));
    }
    if let Some(id) = error.get("id").and_then(Value::as_str).and_then(|id| id.parse::<Uuid>().ok()) {
        let _ = writeln!(facts, "<dt>Request</dt><dd><code>{id}</code></dd>");
    }
    let facts = if facts.is_empty() { facts } else { format!("<dl>\n{facts}</dl>\n") };
    let content = format!(
        "<p role=\"alert\" class=\"problem\">{why}</p>\n\
         <p>You can do nothing about it here. Go back to the application, or tell the people who run it.</p>\n{facts}"
    );
    Page { status: 400, heading: "The sign-on cannot begin", is_error: true, head: "", content: &content }
        .reply()
}

fn is_parameter(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_put_words_on_the_page() {
        for forged in [
            "",
            "{",
            "[]",
            r#"{"message":"Call 555-0100","id":"<b>","details":[{"target":"<script>","message":"Call 555-0100"}]}"#,
        ] {
            let page = format!("{:?}", page(forged).into_response().into_body());
            assert!(!page.contains("555") && !page.contains("<script"), "{page}");
        }
        assert!(is_parameter("redirect_uri") && !is_parameter("call 555-0100"));
    }
}
