//! The account with which pages tell people from programs.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::entity::Entity;
use crate::ids::SettingsId;
use crate::problem::Problem;
use crate::schema::{Declared, Object, Secrets, object, sealed, text};
use crate::secret::Sealed;

/// The keys of a reCAPTCHA v2 account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecaptchaConfiguration {
    /// The public key.
    pub site_key: String,
    /// The secret key, sealed. Never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
}

impl Entity for RecaptchaConfiguration {
    type Id = SettingsId;
    const KIND: &'static str = "RECAPTCHA_CONFIGURATION";
}

impl Declared for RecaptchaConfiguration {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![text("siteKey").required().max(256), text("secretKey").max(256).secret(), sealed()])
        });
        &SCHEMA
    }

    fn secret_problems(&self, secrets: &Secrets) -> Vec<Problem> {
        let missing = secrets.text(&["secretKey"]).is_none();
        missing.then(|| Problem::required("secretKey")).into_iter().collect()
    }
}
