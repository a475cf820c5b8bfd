//! Themes: how the pages of an environment look.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::branding::{Picture, picture};
use crate::crypto::sha256;
use crate::entity::Entity;
use crate::ids::{EnvironmentId, Id, ThemeId};
use crate::problem::Problem;
use crate::schema::{Declared, Field, Object, boolean, nested, object, one_of, text, words};

words! {
    /// The arrangement of the pages.
    pub enum Template {
        Default = "default",
        Focus = "focus",
        Mural = "mural",
        Slate = "slate",
        Split = "split",
    }
}

words! {
    /// What is behind the card.
    pub enum Background {
        None = "NONE",
        Color = "COLOR",
        Image = "IMAGE",
        Default = "DEFAULT",
    }
}

words! {
    /// Whether there is a logo.
    pub enum LogoType {
        Image = "IMAGE",
        None = "NONE",
    }
}

/// A theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theme {
    /// The arrangement of the pages.
    pub template: Template,
    /// Holds where nothing else is said; one per environment.
    pub default: bool,
    /// Colours and images.
    pub configuration: Look,
}

/// Colours and images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Look {
    /// For administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is behind the card.
    pub background_type: Background,
    /// Its colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background_color: Option<String>,
    /// Its image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background_image: Option<Picture>,
    /// Of texts.
    pub body_text_color: String,
    /// Of buttons.
    pub button_color: String,
    /// Of texts on buttons.
    pub button_text_color: String,
    /// Of the card.
    pub card_color: String,
    /// Below the card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// Of headings.
    pub heading_text_color: String,
    /// Of links.
    pub link_text_color: String,
    /// Whether there is a logo.
    pub logo_type: LogoType,
    /// The logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Picture>,
}

impl Theme {
    /// What a new environment has.
    #[must_use]
    pub fn initial() -> Self {
        let color = str::to_owned;
        Self {
            template: Template::Default,
            default: true,
            configuration: Look {
                name: Some("Default".to_owned()),
                background_type: Background::None,
                background_color: None,
                background_image: None,
                body_text_color: color("#4A4A4A"),
                button_color: color("#2996CC"),
                button_text_color: color("#FFFFFF"),
                card_color: color("#FCFCFC"),
                footer: None,
                heading_text_color: color("#4A4A4A"),
                link_text_color: color("#2996CC"),
                logo_type: LogoType::None,
                logo: None,
            },
        }
    }

    /// The id of the theme that an environment has from the start: always the same there.
    #[must_use]
    pub fn initial_id(environment: EnvironmentId) -> ThemeId {
        let digest = sha256(format!("default theme of {environment}").as_bytes());
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        ThemeId::from_uuid(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

impl Entity for Theme {
    type Id = ThemeId;
    const KIND: &'static str = "THEME";
}

fn color(name: &'static str) -> Field {
    text(name).pattern("^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", |text| {
        text.strip_prefix('#').is_some_and(|digits| {
            matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        })
    })
}

impl Declared for Theme {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let look = object(vec![
                text("name").max(256),
                one_of("backgroundType", Background::WORDS).required(),
                color("backgroundColor").doc("Needed by COLOR."),
                picture("backgroundImage").doc("Needed by IMAGE."),
                color("bodyTextColor").required(),
                color("buttonColor").required(),
                color("buttonTextColor").required(),
                color("cardColor").required(),
                text("footer").max(2048).multiline(),
                color("headingTextColor").required(),
                color("linkTextColor").required(),
                one_of("logoType", LogoType::WORDS).required(),
                picture("logo").doc("Needed by IMAGE."),
            ]);
            object(vec![
                one_of("template", Template::WORDS).required(),
                boolean("default")
                    .default(false)
                    .doc("Holds where nothing else is said; one per environment."),
                nested("configuration", look).required(),
            ])
        });
        &SCHEMA
    }

    fn problems(&self) -> Vec<Problem> {
        let look = &self.configuration;
        let needed = [
            (look.background_type == Background::Color && look.background_color.is_none(), "backgroundColor"),
            (look.background_type == Background::Image && look.background_image.is_none(), "backgroundImage"),
            (look.logo_type == LogoType::Image && look.logo.is_none(), "logo"),
        ];
        let missing = needed.iter().filter(|(missing, _)| *missing);
        missing.map(|(_, member)| Problem::required(&format!("configuration.{member}"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_initial_theme_is_one_that_could_be_sent() {
        let body = serde_json::to_value(Theme::initial()).unwrap();
        let (theme, _) = Theme::read(&body, None, &[]).unwrap();
        assert_eq!(theme, Theme::initial());
    }

    #[test]
    fn what_a_look_is_made_of_must_be_there() {
        let mut body = serde_json::to_value(Theme::initial()).unwrap();
        let look = body["configuration"].as_object_mut().unwrap();
        look.insert("backgroundType".to_owned(), json!("COLOR"));
        look.insert("logoType".to_owned(), json!("IMAGE"));
        look.insert("cardColor".to_owned(), json!("red"));
        let mut targets: Vec<_> = Theme::read(&body, None, &[])
            .unwrap_err()
            .into_iter()
            .filter_map(|problem| problem.target)
            .collect();
        targets.sort();
        assert_eq!(targets, ["configuration.cardColor"]);
        body["configuration"]["cardColor"] = json!("#fff");
        let targets: Vec<_> = Theme::read(&body, None, &[])
            .unwrap_err()
            .into_iter()
            .filter_map(|problem| problem.target)
            .collect();
        assert_eq!(targets, ["configuration.backgroundColor", "configuration.logo"]);
    }
}
