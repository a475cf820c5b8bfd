//! The OpenAPI 3.1 document, made from the routes that are served.

use http::Method;
use serde_json::{Map, Value, json};

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

fn operation(route: &Route) -> Value {
    let mut members = Map::from_iter([
        ("summary".to_owned(), json!(route.title)),
        ("tags".to_owned(), json!([route.group])),
        ("responses".to_owned(), responses(route)),
    ]);
    if route.access != Access::Public {
        members.insert("security".to_owned(), json!([{ "bearer": [] }]));
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
    let schema =
        route.body.map_or_else(|| json!({ "type": "object" }), postern_core::schema::Object::openapi);
    let media = json!({ "schema": schema, "x-summary": route.title });
    let Some(members) = operation.as_object_mut() else { return };
    let body = members.entry("requestBody").or_insert_with(|| json!({ "content": {} }));
    if let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) {
        content.insert(route.media.name(), media);
    }
    if let Some(responses) = members.get_mut("responses").and_then(Value::as_object_mut) {
        responses.entry(route.status.to_string()).or_insert_with(|| success(route));
    }
}

fn responses(route: &Route) -> Value {
    let mut responses = Map::new();
    responses.insert(route.status.to_string(), success(route));
    let error = if is_oauth(route) { "OAuthError" } else { "Error" };
    let failure = |description: &str| {
        let schema = json!({ "$ref": format!("#/components/schemas/{error}") });
        json!({ "description": description, "content": { "application/json": { "schema": schema } } })
    };
    responses.insert("400".to_owned(), failure("The input is invalid."));
    responses.insert("404".to_owned(), failure("Not found."));
    if route.access != Access::Public || is_oauth(route) {
        responses.insert("401".to_owned(), failure("Not authenticated."));
    }
    if route.access != Access::Public {
        responses.insert("403".to_owned(), failure("Not permitted."));
    }
    if route.media != Media::None {
        responses.insert("413".to_owned(), failure("The body is too large."));
        responses.insert("415".to_owned(), failure("The content type is not supported."));
    }
    if route.method == Method::DELETE || route.method == Method::POST {
        responses.insert("409".to_owned(), failure("Conflict with another record."));
    }
    responses.insert("503".to_owned(), failure("Temporarily unavailable; see Retry-After."));
    Value::Object(responses)
}

fn success(route: &Route) -> Value {
    match route.status {
        204 => json!({ "description": "Done." }),
        302 => json!({ "description": "Go on at Location." }),
        _ => {
            json!({ "description": "Success.", "content": { "application/json": { "schema": { "type": "object" } } } })
        }
    }
}

fn is_oauth(route: &Route) -> bool {
    route.path.contains("/as/") && route.media == Media::Form
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
