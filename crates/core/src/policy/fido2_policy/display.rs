//! What the authenticator calls the user: the first attribute that is not empty.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::directory::user::User;
use crate::problem::Problem;
use crate::schema::words;

/// Most attributes that a policy may try.
pub(super) const MOST_ATTRIBUTES: usize = 6;
/// The attribute that is never empty.
const USERNAME: &str = "username";
/// The attributes of users that are texts of their own.
const TEXTS: &[&str] = &[
    USERNAME,
    "email",
    "nickname",
    "title",
    "type",
    "accountId",
    "externalId",
    "mobilePhone",
    "primaryPhone",
    "locale",
    "preferredLanguage",
    "timezone",
];
/// The attribute that has parts, and which of them may be named together.
const NAME: (&str, [&[&str]; 2]) = ("name", [&["given", "family"], &["formatted"]]);

words! {
    /// What follows the name.
    pub enum DisplaySuffix {
        OrganizationAndEnvironment = "ORG_NAME_AND_ENV_NAME",
    }
}

/// How the name of the user is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisplayNames {
    /// Attributes of the user, tried in this order.
    pub attributes: Vec<DisplayAttribute>,
    /// What follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<DisplaySuffix>,
}

/// An attribute of the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisplayAttribute {
    /// Its name.
    pub name: String,
    /// Its parts, put together with spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_attributes: Option<Vec<SubAttribute>>,
}

/// A part of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubAttribute {
    /// Its name.
    pub name: String,
}

impl DisplayNames {
    /// The user name alone.
    #[must_use]
    pub fn username() -> Self {
        let username = DisplayAttribute { name: USERNAME.to_owned(), sub_attributes: None };
        Self { attributes: vec![username], suffix: None }
    }

    /// What the user is called. `place` follows in brackets where the policy wants it.
    #[must_use]
    pub fn of(&self, user: &User, place: &str) -> String {
        let members = serde_json::to_value(user).unwrap_or_default();
        let found = self.attributes.iter().find_map(|attribute| attribute.of(&members));
        let name = found.unwrap_or_else(|| user.username.clone());
        match self.suffix {
            Some(DisplaySuffix::OrganizationAndEnvironment) if !place.is_empty() => {
                format!("{name} ({place})")
            }
            _ => name,
        }
    }
}

impl DisplayAttribute {
    fn of(&self, user: &Value) -> Option<String> {
        let text = |value: Option<&Value>| {
            value.and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned)
        };
        let value = user.get(&self.name)?;
        match &self.sub_attributes {
            None => text(Some(value)),
            Some(parts) => {
                let found: Vec<String> =
                    parts.iter().filter_map(|part| text(value.get(&part.name))).collect();
                (!found.is_empty()).then(|| found.join(" "))
            }
        }
    }

    fn problem(&self, target: &str) -> Option<Problem> {
        let (name, choices) = NAME;
        let Some(parts) = &self.sub_attributes else {
            return match self.name.as_str() {
                known if TEXTS.contains(&known) => None,
                known if known == name => Some(Problem::required(&format!("{target}.subAttributes"))),
                _ => Some(Problem::invalid(&format!("{target}.name"), "is not a text attribute of users")),
            };
        };
        let named = |choice: &&[&str]| {
            choice.len() == parts.len()
                && choice.iter().all(|part| parts.iter().any(|named| named.name == *part))
        };
        if self.name != name {
            let why = "is for the attribute name only";
            return Some(Problem::invalid(&format!("{target}.subAttributes"), why));
        }
        let why = "must be given and family, or formatted";
        (!choices.iter().any(named)).then(|| Problem::invalid(&format!("{target}.subAttributes"), why))
    }
}

/// What is wrong with the attributes of a policy.
pub(super) fn attributes_problems(names: &DisplayNames) -> Vec<Problem> {
    let target = "userDisplayNameAttributes.attributes";
    let each = names.attributes.iter().enumerate();
    let mut problems: Vec<Problem> =
        each.filter_map(|(place, attribute)| attribute.problem(&format!("{target}[{place}]"))).collect();
    if !names.attributes.iter().any(|attribute| attribute.name == USERNAME) {
        problems.push(Problem::invalid(target, "must contain username, so that one is never empty"));
    }
    problems
}
