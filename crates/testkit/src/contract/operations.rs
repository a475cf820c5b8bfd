//! The operations of one OpenAPI file: which answers they have, and of which schema.

use http::Method;
use serde_json::{Map, Value, json};

const JSON: &str = "application/json";

/// What a schema may say that is checked; the rest is left out of the kept form.
const CHECKED: [&str; 18] = [
    "$ref",
    "type",
    "enum",
    "format",
    "required",
    "properties",
    "additionalProperties",
    "items",
    "allOf",
    "anyOf",
    "oneOf",
    "discriminator",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "uniqueItems",
    "readOnly",
];

/// The operations of one file.
pub(crate) struct Operations {
    operations: Vec<Operation>,
    pub(crate) schemas: Map<String, Value>,
}

/// One operation.
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    /// By status; null when the file shows no JSON.
    pub(crate) answers: Map<String, Value>,
}

impl Operations {
    pub(crate) fn new(file: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let operation = |one: &Value| Operation {
            method: text(&one["method"]),
            path: text(&one["path"]),
            answers: one["answers"].as_object().unwrap().clone(),
        };
        Self {
            operations: file["operations"].as_array().unwrap().iter().map(operation).collect(),
            schemas: file["schemas"].as_object().unwrap().clone(),
        }
    }

    /// The operation that serves this path of the API (`/v1/…`): of several, the one with most literal parts.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Option<&Operation> {
        let path = path.strip_prefix("/v1")?;
        self.operations
            .iter()
            .filter(|one| one.method == method.as_str() && serves(&one.path, path))
            .min_by_key(|one| one.path.matches('{').count())
    }

    /// How one of a list is read.
    pub(crate) fn item_of(&self, list: &Operation) -> Option<&Operation> {
        let is_item = |path: &str| {
            path.strip_prefix(list.path.as_str()).is_some_and(|rest| {
                rest.starts_with("/{") && rest.ends_with('}') && rest.matches('/').count() == 1
            })
        };
        self.operations.iter().find(|one| one.method == "GET" && is_item(&one.path))
    }
}

fn serves(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(part), Some(value)) if part == value || (part.starts_with('{') && !value.is_empty()) => {}
            _ => return false,
        }
    }
}

/// The operations of a whole document, with what is needed of them.
pub(crate) fn condensed(document: &Value) -> Value {
    let paths = document["paths"].as_object().unwrap();
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            let Some(answers) = operation.get("responses").and_then(Value::as_object) else { continue };
            let answers: Map<String, Value> =
                answers.iter().map(|(status, answer)| (status.clone(), shown(document, answer))).collect();
            operations.push(json!({
                "method": method.to_ascii_uppercase(), "path": path, "answers": answers,
            }));
        }
    }
    Value::Array(operations)
}

/// The schema of an answer, which may stand among the components.
fn shown(document: &Value, answer: &Value) -> Value {
    let named = answer["$ref"].as_str().and_then(|name| document.pointer(name.strip_prefix('#')?));
    let answer = named.unwrap_or(answer);
    answer["content"].get(JSON).map_or(Value::Null, |media| schema(&media["schema"]))
}

/// All schemas of a whole document.
pub(crate) fn schemas(document: &Value) -> Value {
    each(&document["components"]["schemas"])
}

fn each(members: &Value) -> Value {
    let members = members.as_object().unwrap();
    members.iter().map(|(name, value)| (name.clone(), schema(value))).collect::<Map<_, _>>().into()
}

fn schema(full: &Value) -> Value {
    let Some(full) = full.as_object() else { return full.clone() };
    let condensed = |(name, value): (&String, &Value)| {
        let value = match name.as_str() {
            "properties" => each(value),
            "items" | "additionalProperties" => schema(value),
            "allOf" | "anyOf" | "oneOf" => value.as_array().unwrap().iter().map(schema).collect(),
            _ => value.clone(),
        };
        (name.clone(), value)
    };
    full.iter()
        .filter(|(name, _)| CHECKED.contains(&name.as_str()))
        .map(condensed)
        .collect::<Map<_, _>>()
        .into()
}
