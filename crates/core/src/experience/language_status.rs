//! How far a service is with the texts of a language.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::directory::reference::Reference;
use crate::entity::Entity;
use crate::ids::{LanguageId, LanguageStatusId};
use crate::schema::{Declared, Object, boolean, object, text};

/// The state of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LanguageStatus {
    /// Of which language.
    pub locale: Reference<LanguageId>,
    /// Unique for the language.
    pub service: String,
    /// Whether all texts are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub localization_complete: Option<bool>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_details: Option<String>,
}

impl Entity for LanguageStatus {
    type Id = LanguageStatusId;
    const KIND: &'static str = "LANGUAGE_STATUS";
}

impl Declared for LanguageStatus {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("service").required().max(256).doc("Unique for the language."),
                boolean("localizationComplete"),
                text("statusDetails"),
            ])
        });
        &SCHEMA
    }
}
