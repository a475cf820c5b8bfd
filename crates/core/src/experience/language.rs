//! Languages of an environment.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::entity::Entity;
use crate::ids::LanguageId;
use crate::notify::locale;
use crate::problem::Problem;
use crate::schema::{Declared, Object, boolean, object, text};

/// The languages every environment has, and their names.
pub const PREDEFINED: [(&str, &str); 17] = [
    ("cs", "Czech"),
    ("de", "German"),
    ("en", "English"),
    ("es", "Spanish"),
    ("fr", "French"),
    ("fr-CA", "French (Canada)"),
    ("hu", "Hungarian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ru", "Russian"),
    ("th", "Thai"),
    ("tr", "Turkish"),
    ("zh", "Chinese"),
];

/// The default language of a new environment.
pub const FIRST: &str = "en";

/// A language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Language {
    /// Its tag; unique in the environment.
    pub locale: String,
    /// For people.
    pub name: String,
    /// Whether it is offered.
    pub enabled: bool,
    /// Holds where nothing else is said; one per environment.
    pub default: bool,
    /// Whether an administrator added it.
    pub customer_added: bool,
}

impl Language {
    /// The languages that a new environment has.
    pub fn initial() -> impl Iterator<Item = Self> {
        PREDEFINED.into_iter().map(|(locale, name)| Self {
            locale: locale.to_owned(),
            name: name.to_owned(),
            enabled: locale == FIRST,
            default: locale == FIRST,
            customer_added: false,
        })
    }
}

impl Entity for Language {
    type Id = LanguageId;
    const KIND: &'static str = "LANGUAGE";
}

impl Declared for Language {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("locale").required().max(35).immutable().pattern("a language tag", locale::is_locale),
                text("name").max(256),
                boolean("enabled").required(),
                boolean("default").required().doc("One per environment, and enabled."),
                boolean("customerAdded").read_only(),
            ])
        });
        &SCHEMA
    }

    /// A language has the name of its tag unless it is given another one.
    fn fill(checked: &mut Map<String, Value>) {
        if let Some(tag) = checked.get("locale").and_then(Value::as_str).map(str::to_owned) {
            let known = PREDEFINED.iter().find(|(known, _)| locale::key(known) == locale::key(&tag));
            checked.entry("name").or_insert_with(|| json!(known.map_or(tag.as_str(), |(_, name)| name)));
        }
        checked.entry("customerAdded").or_insert(Value::Bool(true));
    }

    fn problems(&self) -> Vec<Problem> {
        let disabled = self.default && !self.enabled;
        let text = "the default language must be enabled";
        disabled.then(|| Problem::invalid("enabled", text)).into_iter().collect()
    }
}
