//! The name and the logo of an environment.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::entity::Entity;
use crate::ids::SettingsId;
use crate::schema::{Declared, Field, Object, nested, object, text, texts};

/// The branding settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BrandingSettings {
    /// Shown beside the logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// An image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Picture>,
}

/// An image that was uploaded, or one from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub href: String,
}

/// A member that names an image.
#[must_use]
pub fn picture(name: &'static str) -> Field {
    let address = text("href").required().max(2048).pattern("an absolute URL", texts::is_absolute_uri);
    nested(name, object(vec![text("id").required().max(64), address]))
}

impl Entity for BrandingSettings {
    type Id = SettingsId;
    const KIND: &'static str = "BRANDING_SETTINGS";
}

impl Declared for BrandingSettings {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> =
            LazyLock::new(|| object(vec![text("companyName").max(256), picture("logo")]));
        &SCHEMA
    }
}
