//! Holds one answer against the operations of the files, and against what clients need of every answer.

use http::Method;
use serde_json::Value;

use super::operations::{Operation, Operations};
use super::schema::{Checker, Mismatch, reference};
use super::{Published, exceptions, formats};
use crate::Answer;

/// One line for each thing that does not fit.
pub(crate) fn mismatches(published: &Published, method: &Method, path: &str, answer: &Answer) -> Vec<String> {
    if !path.starts_with("/v1/") {
        return Vec::new();
    }
    let mut lines = everywhere(answer);
    for file in &published.files {
        if answer.status.as_u16() >= 400 {
            lines.extend(against(file, &file.schemas["P1Error"], "P1Error", answer));
        } else if let Some(operation) = file.find(method, path) {
            lines.extend(success(file, operation, answer));
        }
    }
    lines
}

fn success(file: &Operations, operation: &Operation, answer: &Answer) -> Vec<String> {
    let name = format!("{} {}", operation.method, operation.path);
    let Some(schema) = operation.answers.get(answer.status.as_str()) else {
        let rule = format!("status {}", answer.status.as_str());
        let known = exceptions::has(&name, &rule);
        return if known { Vec::new() } else { vec![format!("  {name} has no {rule}")] };
    };
    if schema.is_null() || is_file(answer) || exceptions::has(&name, "schema") {
        return Vec::new();
    }
    let mut lines = against(file, schema, &name, answer);
    if reference(schema) == Some("EntityArray") {
        lines.extend(elements(file, operation, answer));
    }
    lines
}

/// What a list holds is what reading one of it gives, where the file leaves open which of several it is.
fn elements(file: &Operations, list: &Operation, answer: &Answer) -> Vec<String> {
    let lists = &file.schemas["EntityArray"]["properties"]["_embedded"]["properties"];
    let one = file.item_of(list).and_then(|item| item.answers.get("200"));
    let mut lines = Vec::new();
    for (name, found) in answer.body["_embedded"].as_object().into_iter().flatten() {
        let Some(items) = lists[name]["items"].as_object() else {
            let rule = format!("embedded {name}");
            if !exceptions::has(&list.path, &rule) {
                lines.push(format!("  {} has no {rule}", list.path));
            }
            continue;
        };
        let open = items.get("oneOf").and_then(Value::as_array);
        let narrowed = one.filter(|one| open.is_some_and(|open| open.contains(one)));
        let Some(narrowed) = narrowed else { continue };
        for (n, element) in found.as_array().into_iter().flatten().enumerate() {
            let at = format!("_embedded.{name}[{n}]");
            lines.extend(
                Checker::new(&file.schemas).mismatches(narrowed, element, &at, &list.path).iter().map(line),
            );
        }
    }
    lines
}

fn against(file: &Operations, schema: &Value, place: &str, answer: &Answer) -> Vec<String> {
    let kind = answer.header("content-type").unwrap_or_default();
    if kind.split(';').next() != Some("application/json") {
        return vec![format!("  the content type is '{kind}'")];
    }
    Checker::new(&file.schemas).mismatches(schema, &answer.body, "", place).iter().map(line).collect()
}

/// Whether it is the file that a certificate or a request for one is exported as.
fn is_file(answer: &Answer) -> bool {
    const FILES: [&str; 4] = [
        "application/x-x509-ca-cert",
        "application/x-pkcs7-certificates",
        "application/pkcs10",
        "application/x-pem-file",
    ];
    answer.header("content-type").is_some_and(|kind| FILES.contains(&kind))
}

fn line(mismatch: &Mismatch) -> String {
    let at = if mismatch.at.is_empty() { "the body" } else { &mismatch.at };
    format!("  {at}: {} says {}", mismatch.place, mismatch.rule)
}

/// What holds for every answer, whether the files know its operation or not.
fn everywhere(answer: &Answer) -> Vec<String> {
    let mut lines = Vec::new();
    if answer.status == http::StatusCode::NO_CONTENT && !answer.text.is_empty() {
        lines.push("  an answer without content has a body".to_owned());
    }
    walk(&answer.body, &mut lines);
    lines
}

fn walk(value: &Value, lines: &mut Vec<String>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        let fits = match name.as_str() {
            "_links" => {
                member.as_object().is_some_and(|links| links.values().all(|link| link["href"].is_string()))
            }
            "createdAt" | "updatedAt" | "expiresAt" => member.as_str().is_none_or(formats::is_date_time),
            _ => true,
        };
        if !fits {
            lines.push(format!("  {name} cannot be {member}"));
        }
        walk(member, lines);
    }
    for element in value.as_array().into_iter().flatten() {
        walk(element, lines);
    }
}
