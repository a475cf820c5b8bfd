//! The declaration as JSON Schema, in the dialect of OpenAPI 3.1.

use serde_json::{Map, Value, json};

use super::Object;
use super::field::{Field, Kind, Pattern, TextRule, TimeUnits};

impl Object {
    /// The JSON Schema of the body.
    #[must_use]
    pub fn openapi(&self) -> Value {
        let properties: Map<String, Value> = self
            .fields
            .iter()
            .filter(|field| !field.is_internal())
            .map(|field| (field.name.to_owned(), field.openapi()))
            .collect();
        let required: Vec<&str> = self
            .fields
            .iter()
            .filter(|field| field.required && !field.read_only)
            .map(|field| field.name)
            .collect();
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(properties));
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        Value::Object(schema)
    }
}

impl Field {
    fn openapi(&self) -> Value {
        let mut schema = match self.kind_schema() {
            Value::Object(schema) => schema,
            _ => Map::new(),
        };
        let mut sentences: Vec<String> = Vec::new();
        sentences.extend((!self.doc.is_empty()).then(|| self.doc.to_owned()));
        sentences.extend(schema.remove("description").and_then(|text| text.as_str().map(str::to_owned)));
        sentences.extend(self.immutable.then(|| "Cannot be changed once set.".to_owned()));
        if !sentences.is_empty() {
            schema.insert("description".to_owned(), json!(sentences.join(" ")));
        }
        if let Some(default) = &self.default {
            schema.insert("default".to_owned(), default.clone());
        }
        for (name, set) in [("readOnly", self.read_only), ("writeOnly", self.write_only)] {
            if set {
                schema.insert(name.to_owned(), json!(true));
            }
        }
        if self.nullable
            && let Some(kind) = schema.get("type").cloned()
        {
            schema.insert("type".to_owned(), json!([kind, "null"]));
        }
        Value::Object(schema)
    }

    fn kind_schema(&self) -> Value {
        match &self.kind {
            Kind::Text(rule) => text_schema(rule, self.secret),
            Kind::Boolean => json!({"type": "boolean"}),
            Kind::Integer { min, max, .. } => json!({"type": "integer", "minimum": min, "maximum": max}),
            Kind::OneOf(words) => json!({"type": "string", "enum": words}),
            Kind::Date => json!({"type": "string", "format": "date-time"}),
            Kind::Uuid => json!({"type": "string", "format": "uuid"}),
            Kind::Reference => json!({
                "type": "object",
                "properties": {"id": {"type": "string", "format": "uuid"}},
                "required": ["id"],
            }),
            Kind::Duration(units) => duration_schema(units),
            Kind::List { item, min, max } => {
                let mut schema = json!({"type": "array", "items": item.openapi(), "maxItems": max});
                if let (Some(members), 1..) = (schema.as_object_mut(), *min) {
                    members.insert("minItems".to_owned(), json!(min));
                }
                schema
            }
            Kind::Map { value, max } => {
                json!({"type": "object", "additionalProperties": value.openapi(), "maxProperties": max})
            }
            Kind::Nested(object) => object.openapi(),
            Kind::Json { max } => json!({"description": format!("Any JSON of at most {max} bytes.")}),
        }
    }
}

fn text_schema(rule: &TextRule, secret: bool) -> Value {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("string"));
    if secret {
        schema.insert("format".to_owned(), json!("password"));
    }
    if rule.min > 0 {
        schema.insert("minLength".to_owned(), json!(rule.min));
    }
    schema.insert("maxLength".to_owned(), json!(rule.max));
    if let Some(Pattern { form, .. }) = rule.pattern {
        if form.starts_with('^') {
            schema.insert("pattern".to_owned(), json!(form));
        } else {
            schema.insert("description".to_owned(), json!(format!("Form: {form}.")));
        }
    }
    Value::Object(schema)
}

fn duration_schema(units: &TimeUnits) -> Value {
    let words: Vec<&str> = units.units.iter().map(|(word, _, _)| *word).collect();
    let ranges: Vec<String> =
        units.units.iter().map(|(word, min, max)| format!("{min} to {max} {word}")).collect();
    let least = units.units.iter().map(|(_, min, _)| *min).min();
    let most = units.units.iter().map(|(_, _, max)| *max).max();
    json!({
        "type": "object",
        "description": format!("{}.", ranges.join(", or ")),
        "properties": {
            units.number: {"type": "integer", "minimum": least, "maximum": most},
            units.unit: {"type": "string", "enum": words},
        },
        "required": [units.number, units.unit],
    })
}

#[cfg(test)]
mod tests {
    use super::super::{boolean, duration, integer, list, nested, object, text, uuid};
    use serde_json::json;

    #[test]
    fn a_declaration_reads_as_json_schema() {
        let declared = object(vec![
            uuid("id").read_only(),
            text("name").required().max(256).doc("Shown to people."),
            text("token").secret().immutable(),
            boolean("default").default(false),
            list("numbers", integer("number", 1, 7), 3).min(1),
            nested(
                "otp",
                object(vec![duration("lifeTime", &[("MINUTES", 1, 120), ("SECONDS", 60, 7200)]).required()]),
            ),
            uuid("policy").nullable(),
        ]);
        assert_eq!(
            declared.openapi(),
            json!({
                "type": "object",
                "properties": {
                    "id": {"type": "string", "format": "uuid", "readOnly": true},
                    "name": {"type": "string", "minLength": 1, "maxLength": 256, "description": "Shown to people."},
                    "token": {"type": "string", "format": "password", "maxLength": 1024,
                              "description": "Cannot be changed once set.", "writeOnly": true},
                    "default": {"type": "boolean", "default": false},
                    "numbers": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 7}, "maxItems": 3, "minItems": 1},
                    "otp": {"type": "object", "required": ["lifeTime"], "properties": {"lifeTime": {
                        "type": "object",
                        "description": "1 to 120 MINUTES, or 60 to 7200 SECONDS.",
                        "properties": {
                            "duration": {"type": "integer", "minimum": 1, "maximum": 7200},
                            "timeUnit": {"type": "string", "enum": ["MINUTES", "SECONDS"]},
                        },
                        "required": ["duration", "timeUnit"],
                    }}},
                    "policy": {"type": ["string", "null"], "format": "uuid"},
                },
                "required": ["name"],
            })
        );
    }
}
