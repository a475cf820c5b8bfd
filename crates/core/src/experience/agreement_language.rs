//! Languages of an agreement: its title and the words of its buttons.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::directory::reference::Reference;
use crate::entity::Entity;
use crate::ids::{AgreementId, AgreementLanguageId};
use crate::notify::locale;
use crate::schema::{Declared, Object, boolean, nested, object, text};

/// An agreement in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementLanguage {
    /// Of which agreement.
    pub agreement: Reference<AgreementId>,
    /// Its tag; unique for the agreement.
    pub locale: String,
    /// The title.
    pub display_name: String,
    /// Whether it is offered.
    pub enabled: bool,
    /// The words of the buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_experience: Option<ButtonWords>,
}

/// The words of the buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ButtonWords {
    /// Beside the box to tick.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept_checkbox_text: Option<String>,
    /// To go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continue_button_text: Option<String>,
    /// To decline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decline_button_text: Option<String>,
}

impl Entity for AgreementLanguage {
    type Id = AgreementLanguageId;
    const KIND: &'static str = "AGREEMENT_LANGUAGE";
}

impl Declared for AgreementLanguage {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let words = object(vec![
                text("acceptCheckboxText").max(256),
                text("continueButtonText").max(256),
                text("declineButtonText").max(256),
            ]);
            object(vec![
                text("locale").required().max(35).pattern("a language tag", locale::is_locale),
                text("displayName").required().max(256),
                boolean("enabled").required(),
                nested("userExperience", words),
            ])
        });
        &SCHEMA
    }
}
