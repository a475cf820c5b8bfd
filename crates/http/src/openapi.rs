//! The OpenAPI 3.1 document, made from the routes that are served.

use serde_json::{Map, Value, json};

mod responses;

use crate::web::{Access, Media, Route};

/// The document for these routes. Several media types of one method and path become one operation.
#[must_use]
pub fn document(routes: &[Route]) -> Value {
    let mut paths = Map::new();
    for route in routes {
        let item = paths.entry(route.path).or_insert_with(|| json!({ "parameters": parameters(route.path) }));
        let method = route.method.as_str().to_ascii_lowercase();
        match item.get_mut(&method) {
            Some(operation) => add_body(operation, route),
            None => {
                if let Some(members) = item.as_object_mut() {
                    members.insert(method, operation(route));
                }
            }
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Postern",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Self-hosted multi-factor authentication that speaks the PingOne API.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": { "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
            "schemas": { "Error": error_schema(), "OAuthError": oauth_error_schema() } },
    })
}

fn parameters(path: &str) -> Value {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name: &str| {
        let schema = if name.ends_with("ID") {
            json!({ "type": "string", "format": "uuid" })
        } else {
            json!({ "type": "string" })
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    };
    Value::Array(names.map(parameter).collect())
}

fn query(name: &str) -> Value {
    let schema = if name == "limit" {
        json!({ "type": "integer", "minimum": 1 })
    } else {
        json!({ "type": "string" })
    };
    json!({ "name": name, "in": "query", "schema": schema })
}

fn operation(route: &Route) -> Value {
    let mut members = Map::from_iter([
        ("summary".to_owned(), json!(route.title)),
        ("tags".to_owned(), json!([route.group])),
        ("responses".to_owned(), responses::of(route)),
    ]);
    if route.access != Access::Public {
        members.insert("security".to_owned(), json!([{ "bearer": [] }]));
    }
    if !route.query.is_empty() {
        members.insert("parameters".to_owned(), route.query.iter().map(|name| query(name)).collect());
    }
    if let Access::Permission(permission) = route.access {
        members.insert("x-permission".to_owned(), json!(permission.classifier()));
    }
    let mut operation = Value::Object(members);
    add_body(&mut operation, route);
    operation
}

fn add_body(operation: &mut Value, route: &Route) {
    if route.media == Media::None {
        return;
    }
    let schema = match route.media {
        Media::Image => json!({ "type": "string", "format": "binary" }),
        _ => route.body.map_or_else(|| json!({ "type": "object" }), postern_core::schema::Object::openapi),
    };
    let mut media = json!({ "schema": schema, "x-summary": route.title });
    if let (Some(example), Some(members)) = (route.example, media.as_object_mut()) {
        members.insert("example".to_owned(), example(1));
    }
    let Some(members) = operation.as_object_mut() else { return };
    let body = members.entry("requestBody").or_insert_with(|| json!({ "content": {} }));
    if let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) {
        content.insert(route.media.name(), media);
    }
    if let Some(responses) = members.get_mut("responses").and_then(Value::as_object_mut) {
        responses.entry(route.status.to_string()).or_insert_with(|| responses::success(route));
    }
}

fn error_schema() -> Value {
    json!({
        "type": "object",
        "required": ["id", "code", "message"],
        "properties": {
            "id": { "type": "string", "description": "Equal to the Correlation-Id header and the request id in the log." },
            "code": { "type": "string" },
            "message": { "type": "string" },
            "details": { "type": "array", "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": { "type": "string" }, "target": { "type": "string" }, "message": { "type": "string" },
                    "innerError": { "type": "object" },
                },
            } },
        },
    })
}

fn oauth_error_schema() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": { "error": { "type": "string" }, "error_description": { "type": "string" } },
    })
}
