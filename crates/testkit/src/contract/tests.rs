//! The checks themselves, and what can be said of the files without a request.

use std::io::Write as _;

use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::exceptions::EXCEPTIONS;
use super::schema::{Checker, Mismatch};
use super::{Published, answer, exceptions, formats, operations, source};
use crate::Answer;

fn schemas() -> Map<String, Value> {
    let schemas = json!({
        "Thing": {
            "type": "object",
            "required": ["id", "size"],
            "properties": {
                "id": { "type": "string", "format": "uuid" },
                "size": { "type": "integer", "minimum": 1 },
                "colour": { "$ref": "#/components/schemas/Colour" },
                "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Thing" } },
            },
        },
        "Colour": { "type": "string", "enum": ["RED", "BLUE"] },
        "GatewayTypeLDAP": { "type": "object", "required": ["servers"] },
        "GatewayTypeRADIUS": { "type": "object", "required": ["port"] },
        "Either": { "oneOf": [
            { "$ref": "#/components/schemas/GatewayTypeLDAP" }, { "$ref": "#/components/schemas/GatewayTypeRADIUS" },
        ] },
    });
    schemas.as_object().unwrap().clone()
}

fn found(name: &str, value: &Value) -> Vec<String> {
    let schemas = schemas();
    let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
    let line = |one: &Mismatch| format!("{} / {} / {}", one.at, one.place, one.rule);
    Checker::new(&schemas).mismatches(&schema, value, "", "GET /things").iter().map(line).collect()
}

const ID: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

#[test]
fn a_value_that_fits_is_found_to_fit() {
    let part = json!({ "id": ID, "size": 1, "unknown": null });
    assert!(found("Thing", &json!({ "id": ID, "size": 2, "colour": "RED", "parts": [part] })).is_empty());
}

#[test]
fn what_is_missing_or_of_another_type_enum_format_or_range_is_found_where_it_is() {
    assert_eq!(found("Thing", &json!([])), [" / Thing / type object"]);
    assert_eq!(found("Thing", &json!({ "id": ID })), [" / Thing / required size"]);
    assert_eq!(
        found(
            "Thing",
            &json!({ "id": "1", "size": 1.5, "parts": [{ "id": ID, "size": 0, "colour": "GREEN" }] })
        ),
        [
            "id / Thing.id / format uuid",
            "size / Thing.size / type integer",
            "parts[0].size / Thing.size / minimum 1",
            "parts[0].colour / Colour / enum has no \"GREEN\"",
        ]
    );
}

#[test]
fn a_member_chooses_among_alternatives() {
    assert!(found("Either", &json!({ "type": "RADIUS", "port": 1812 })).is_empty());
    assert_eq!(
        found("Either", &json!({ "type": "RADIUS", "servers": [] })),
        [" / GatewayTypeRADIUS / required port"]
    );
    assert_eq!(found("Either", &json!({ "port": 1 })), [" / Either / oneOf has no null"]);
}

#[test]
fn times_ids_and_addresses_have_their_formats() {
    for (text, is) in [
        ("2026-01-05T10:00:00Z", true),
        ("2026-01-05T10:00:00.123456Z", true),
        ("2026-01-05T10:00:00+01:00", true),
        ("2026-01-05 10:00:00Z", false),
        ("2026-13-05T10:00:00Z", false),
        ("2026-01-05T10:00:00", false),
        ("2026-01-05T10:00:00.Z", false),
        ("1767607200", false),
    ] {
        assert_eq!(formats::is_date_time(text), is, "{text}");
    }
    assert!(
        formats::is_uuid(ID)
            && !formats::is_uuid(&ID.to_uppercase())
            && !formats::is_uuid(&ID.replace('-', ""))
    );
    assert!(
        formats::is_uri("https://api.example/v1") && !formats::is_uri("/v1") && !formats::is_uri("a b:c")
    );
}

/// What the files would say of `{ "id": … }`, answered to this request.
fn published() -> Published {
    let document = json!({
        "paths": { "/things/{thingID}": { "get": { "responses": {
            "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
        } } } },
        "components": { "schemas": {
            "Thing": { "type": "object", "required": ["id"] },
            "P1Error": { "type": "object", "properties": { "details": { "type": "array" } } },
        } },
    });
    let file = json!({
        "operations": operations::condensed(&document), "schemas": operations::schemas(&document),
    });
    Published { files: vec![operations::Operations::new(&file)] }
}

fn lines(path: &str, status: StatusCode, body: Value) -> Vec<String> {
    let headers =
        HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    let answer = Answer { status, headers, text: body.to_string(), body };
    answer::mismatches(&published(), &http::Method::GET, path, &answer)
}

#[test]
fn an_answer_is_held_against_its_operation_and_an_error_against_the_error() {
    assert!(lines("/v1/things/1", StatusCode::OK, json!({ "id": ID })).is_empty());
    assert_eq!(lines("/v1/things/1", StatusCode::OK, json!({})), ["  the body: Thing says required id"]);
    assert_eq!(
        lines("/v1/things/1", StatusCode::ACCEPTED, json!({})),
        ["  GET /things/{thingID} has no status 202"]
    );
    assert_eq!(
        lines("/v1/others", StatusCode::BAD_REQUEST, json!({ "details": {} })),
        ["  details: P1Error.details says type array"]
    );
    assert_eq!(
        lines("/v1/others", StatusCode::OK, json!({ "_links": { "self": "/v1" }, "createdAt": "today" })),
        [r#"  _links cannot be {"self":"/v1"}"#, r#"  createdAt cannot be "today""#]
    );
}

/// The files themselves, or a word that they are not here.
fn files() -> Option<&'static Published> {
    let published = source::published();
    if published.is_none() {
        // Past what the test harness keeps to itself: a skipped check is to be seen.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: answers are not held against PingOne's OpenAPI files, which are not in ../shared/openapi"
        );
    }
    published
}

#[test]
fn our_statuses_of_success_are_those_of_the_published_operations() {
    let Some(published) = files() else { return };
    let (mut known, mut others) = (0, Vec::new());
    for route in postern_http::routes() {
        for operation in published.files.iter().filter_map(|file| file.find(&route.method, route.path)) {
            known += 1;
            let rule = format!("status {}", route.status);
            let name = format!("{} {}", operation.method, operation.path);
            if !operation.answers.contains_key(&route.status.to_string()) && !exceptions::has(&name, &rule) {
                others.push(format!("{name} has no {rule} for '{}'", route.title));
            }
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
    assert!(known > 100, "the files know only {known} of our routes");
}

#[test]
fn an_exception_is_about_something_that_a_file_says_and_has_a_reason() {
    let Some(published) = files() else { return };
    for one in EXCEPTIONS {
        assert!(one.reason.len() > 20, "{} {}", one.place, one.rule);
        let is = published.files.iter().any(|file| is_said(file, one.place, one.rule));
        assert!(is, "no file says '{}' of {} any more", one.rule, one.place);
    }
}

/// Whether the exception is needed: the rule stands at the place, or is one about what does not stand there.
fn is_said(file: &operations::Operations, place: &str, rule: &str) -> bool {
    if let Some((method, path)) = place.split_once(' ') {
        let method = http::Method::from_bytes(method.as_bytes()).unwrap();
        let operation = file.find(&method, &format!("/v1{path}"));
        return operation.is_some_and(|one| match rule.strip_prefix("status ") {
            Some(status) => !one.answers.contains_key(status),
            None => one.answers.values().any(|schema| !schema.is_null()),
        });
    }
    let mut steps = place.split('.');
    let name = steps.next().unwrap_or_default();
    let Some(schema) = file.schemas.get(name) else {
        return file.find(&http::Method::GET, &format!("/v1{place}")).is_some();
    };
    let mut at = vec![schema];
    for step in steps {
        let (name, element) = (step.trim_end_matches("[]"), step.ends_with("[]"));
        at = at.into_iter().flat_map(|one| forms(file, one)).map(|one| &one["properties"][name]).collect();
        if element {
            at = at.into_iter().flat_map(|one| forms(file, one)).map(|one| &one["items"]).collect();
        }
    }
    at.into_iter().flat_map(|one| forms(file, one)).any(|one| stands(one, rule))
}

/// The schema, what it refers to and what it is composed of.
fn forms<'a>(file: &'a operations::Operations, schema: &'a Value) -> Vec<&'a Value> {
    let referred = super::schema::reference(schema).and_then(|name| file.schemas.get(name));
    let composed = ["allOf", "oneOf", "anyOf"].into_iter().flat_map(|name| schema[name].as_array()).flatten();
    let more = referred.into_iter().chain(composed).flat_map(|one| forms(file, one));
    std::iter::once(schema).chain(more).collect()
}

fn stands(schema: &Value, rule: &str) -> bool {
    let (keyword, value) = rule.split_once(' ').unwrap_or((rule, ""));
    match keyword {
        "required" => {
            schema["required"].as_array().is_some_and(|names| names.iter().any(|name| name == value))
        }
        "enum" => schema["enum"].is_array(),
        "type" | "format" => schema[keyword] == value,
        _ => !schema[keyword].is_null(),
    }
}
