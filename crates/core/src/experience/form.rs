//! Forms: pages that administrators lay out themselves.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::entity::Entity;
use crate::ids::FormId;
use crate::problem::Problem;
use crate::schema::{Declared, Object, boolean, integer, json, map, object, one_of, text};

/// Longest description of the fields, in bytes.
const LAYOUT_MAX: usize = 512 * 1024;
/// Most fields of a form.
const MOST_FIELDS: usize = 500;

/// A form. Its fields are kept as sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Form {
    /// Unique in the environment.
    pub name: String,
    /// For administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `CUSTOM`.
    pub category: String,
    /// How many columns it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cols: Option<i64>,
    /// The fields.
    pub components: Value,
    /// The types of the fields.
    pub field_types: Vec<String>,
    /// Texts by key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_bundle: Option<Value>,
    /// Whether optional fields are marked.
    pub mark_optional: bool,
    /// Whether required fields are marked.
    pub mark_required: bool,
    /// Whether browsers may fill passwords in.
    pub password_auto_complete_enabled: bool,
    /// Whether browsers may fill texts in.
    pub text_auto_complete_enabled: bool,
    /// Where texts come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation_method: Option<String>,
}

impl Entity for Form {
    type Id = FormId;
    const KIND: &'static str = "FORM";
}

impl Declared for Form {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("name").required().max(256).doc("Unique in the environment."),
                text("description").max(1024),
                one_of("category", &["CUSTOM"]).required(),
                integer("cols", 1, 4),
                json("components")
                    .max(LAYOUT_MAX)
                    .required()
                    .doc("`fields`: each with a `type`; kept as sent."),
                map("languageBundle", text("text").max(8192).multiline(), 2_000),
                boolean("markOptional").required(),
                boolean("markRequired").required(),
                boolean("passwordAutoCompleteEnabled").default(false),
                boolean("textAutoCompleteEnabled").default(false),
                one_of("translationMethod", &["TRANSLATE", "DEFAULT_VALUE", "KEY"]),
            ])
        });
        &SCHEMA
    }

    /// The types of the fields, each once.
    fn fill(checked: &mut Map<String, Value>) {
        let fields = checked.get("components").and_then(|components| components.get("fields"));
        let (mut types, mut seen): (Vec<&str>, _) = (Vec::new(), HashSet::new());
        for field in fields.and_then(Value::as_array).into_iter().flatten() {
            let kind = field.get("type").and_then(Value::as_str);
            types.extend(kind.filter(|kind| seen.insert(*kind)));
        }
        let types = json!(types);
        checked.insert("fieldTypes".to_owned(), types);
    }

    fn problems(&self) -> Vec<Problem> {
        let Some(fields) = self.components.get("fields").and_then(Value::as_array) else {
            return vec![Problem::required("components.fields")];
        };
        if fields.len() > MOST_FIELDS {
            let text = format!("must have {MOST_FIELDS} fields at most");
            return vec![Problem::invalid("components.fields", text)];
        }
        let untyped =
            fields.iter().enumerate().filter(|(_, field)| !field.get("type").is_some_and(Value::is_string));
        untyped.map(|(at, _)| Problem::required(&format!("components.fields[{at}].type"))).collect()
    }
}
