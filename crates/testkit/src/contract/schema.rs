//! Holds a JSON value against a schema of an OpenAPI file.
//!
//! Only what these files use of OpenAPI 3.0. A mismatch names the place in the file, such as `User.account.status`,
//! and the rule that it breaks, such as `enum`; both are what an exception is about.

use serde_json::{Map, Value};

use super::{alternatives, exceptions, formats};

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// In the answer: `_embedded.users[0].id`.
    pub(crate) at: String,
    /// In the file: `User.id`.
    pub(crate) place: String,
    /// What is said there: `format uuid`.
    pub(crate) rule: String,
}

/// Holds values against the schemas of one file.
pub(crate) struct Checker<'a> {
    schemas: &'a Map<String, Value>,
    found: Vec<Mismatch>,
}

impl<'a> Checker<'a> {
    pub(crate) fn new(schemas: &'a Map<String, Value>) -> Self {
        Self { schemas, found: Vec::new() }
    }

    /// What does not fit, but for the exceptions.
    pub(crate) fn mismatches(
        mut self,
        schema: &'a Value,
        value: &Value,
        at: &str,
        place: &str,
    ) -> Vec<Mismatch> {
        self.check(schema, value, at, place);
        self.found
    }

    fn check(&mut self, schema: &'a Value, value: &Value, at: &str, place: &str) {
        if let Some(name) = reference(schema) {
            let schemas = self.schemas;
            match schemas.get(name) {
                Some(target) => self.check(target, value, at, name),
                None => self.note(at, place, format!("unknown {name}")),
            }
            return;
        }
        if let Some(kind) = schema["type"].as_str()
            && !is_of(kind, value)
        {
            return self.note(at, place, format!("type {kind}"));
        }
        self.limits(schema, value, at, place);
        self.members(schema, value, at, place);
        self.elements(schema, value, at, place);
        for part in parts(schema, "allOf") {
            self.check(part, value, at, place);
        }
        let several: Vec<&Value> = parts(schema, "oneOf").chain(parts(schema, "anyOf")).collect();
        if !several.is_empty() {
            self.one_of(schema, &several, value, at, place);
        }
    }

    fn limits(&mut self, schema: &Value, value: &Value, at: &str, place: &str) {
        if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
            self.note(at, place, format!("enum has no {value}"));
        }
        if let Some(format) = schema["format"].as_str()
            && !formats::has(format, value)
        {
            self.note(at, place, format!("format {format}"));
        }
        let (number, length) = (value.as_f64(), value.as_array().map(Vec::len));
        for (rule, below) in [("minimum", true), ("maximum", false)] {
            if let (Some(limit), Some(number)) = (schema[rule].as_f64(), number)
                && (if below { number < limit } else { number > limit })
            {
                self.note(at, place, format!("{rule} {limit}"));
            }
        }
        for (rule, below) in [("minItems", true), ("maxItems", false)] {
            if let (Some(limit), Some(length)) = (schema[rule].as_u64(), length)
                && (if below { (length as u64) < limit } else { (length as u64) > limit })
            {
                self.note(at, place, format!("{rule} {limit}"));
            }
        }
    }

    fn members(&mut self, schema: &'a Value, value: &Value, at: &str, place: &str) {
        let Some(members) = value.as_object() else { return };
        for name in parts(schema, "required").filter_map(Value::as_str) {
            if !members.contains_key(name) {
                self.note(at, place, format!("required {name}"));
            }
        }
        for (name, member) in members {
            let (at, place) = (step(at, name), step(place, name));
            match schema["properties"].get(name) {
                Some(declared) => self.check(declared, member, &at, &place),
                None if schema["additionalProperties"].is_object() => {
                    self.check(&schema["additionalProperties"], member, &at, &place);
                }
                None if schema["additionalProperties"] == false => {
                    self.note(&at, &place, "additionalProperties".to_owned());
                }
                None => {}
            }
        }
    }

    fn elements(&mut self, schema: &'a Value, value: &Value, at: &str, place: &str) {
        let Some(elements) = value.as_array() else { return };
        for (n, element) in elements.iter().enumerate() {
            if schema["items"].is_object() {
                self.check(&schema["items"], element, &format!("{at}[{n}]"), &format!("{place}[]"));
            }
            if schema["uniqueItems"] == true && elements[..n].contains(element) {
                self.note(&format!("{at}[{n}]"), place, "uniqueItems".to_owned());
            }
        }
    }

    /// The value is to be the alternative that its members choose; without such, any.
    fn one_of(&mut self, schema: &'a Value, several: &[&'a Value], value: &Value, at: &str, place: &str) {
        if let Some(member) = schema["discriminator"]["propertyName"].as_str() {
            let mapping = &schema["discriminator"]["mapping"];
            let path = value[member].as_str().and_then(|name| mapping[name].as_str());
            let target = path.and_then(|path| self.schemas.get_key_value(path.rsplit('/').next()?));
            return match target {
                Some((name, target)) => self.check(target, value, at, name),
                None => self.note(at, place, format!("discriminator {member}")),
            };
        }
        let chosen =
            several.iter().find(|one| reference(one).is_some_and(|name| alternatives::chosen(name, value)));
        if let Some(chosen) = chosen {
            return self.check(chosen, value, at, place);
        }
        let open = several.iter().filter(|one| !reference(one).is_some_and(alternatives::has_choosers));
        let tried = open.map(|one| Checker::new(self.schemas).mismatches(one, value, at, place));
        match tried.min_by_key(Vec::len) {
            Some(nearest) => self.found.extend(nearest),
            None => {
                let names = several.iter().filter_map(|one| reference(one));
                self.note(at, place, format!("oneOf has no {}", alternatives::choosers(names, value)));
            }
        }
    }

    fn note(&mut self, at: &str, place: &str, rule: String) {
        if !exceptions::has(place, &rule) {
            self.found.push(Mismatch { at: at.to_owned(), place: place.to_owned(), rule });
        }
    }
}

/// The name of the schema that this one refers to.
pub(crate) fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

fn parts<'a>(schema: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    schema[name].as_array().into_iter().flatten()
}

fn step(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}
