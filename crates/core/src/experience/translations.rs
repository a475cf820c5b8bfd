//! Texts of pages in one language, as administrators set them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entity::Entity;
use crate::ids::TranslationsId;
use crate::problem::Problem;
use crate::schema::{self, Object, nested, object, text};

/// Texts that one request may set.
pub const MOST: usize = 1_000;

/// The texts of one language by key, such as `flow-ui.button.cancel`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translations {
    /// The language, as a comparison key.
    pub locale: String,
    /// By key.
    pub texts: BTreeMap<String, String>,
}

impl Entity for Translations {
    type Id = TranslationsId;
    const KIND: &'static str = "TRANSLATIONS";
}

/// One text as a client sends it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Translation {
    /// Page and element.
    pub key: String,
    /// What it says.
    pub translated_text: String,
}

/// What one text holds.
#[must_use]
pub fn declaration() -> Object {
    object(vec![
        text("key").required().max(256).doc("Page and element, such as flow-ui.button.cancel."),
        text("translatedText").required().min(0).max(4096).multiline(),
    ])
}

/// Reads the list of a request.
///
/// # Errors
/// Every problem at once.
pub fn read(input: &Value) -> Result<Vec<Translation>, Vec<Problem>> {
    #[derive(Deserialize)]
    struct Body {
        translations: Vec<Translation>,
    }
    let list = schema::list("translations", nested("translation", declaration()), MOST).required();
    let wrapped = serde_json::json!({ "translations": input });
    object(vec![list]).read::<Body>(&wrapped, None).map(|body| body.translations)
}
