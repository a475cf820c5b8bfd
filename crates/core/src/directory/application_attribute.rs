//! Claims that an application gets in its tokens.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{ApplicationAttributeId, ApplicationId};
use crate::problem::Problem;
use crate::schema::{Declared, Object, boolean, list, object, one_of, reference, text, words};

/// Claims of tokens that the server owns.
pub const RESERVED: &[&str] = &[
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "client_id",
    "exp",
    "iat",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "org",
    "scope",
    "sid",
    "sub",
];

/// The subject of tokens.
const SUBJECT: &str = "sub";
/// The subject of SAML assertions.
const SAML_SUBJECT: &str = "saml_subject";
/// The only value of the claim `sub`: tokens name users by their ids.
const SUBJECT_VALUE: &str = "${user.id}";

words! {
    /// Where a mapping comes from.
    pub enum MappingType {
        Core = "CORE",
        Scope = "SCOPE",
        Custom = "CUSTOM",
    }
}

/// A claim of an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationAttribute {
    /// The application that it belongs to; set by the server.
    pub application: Reference<ApplicationId>,
    /// The claim; unique in the application.
    pub name: String,
    /// A text, with `${…}` for what is looked up.
    pub value: String,
    /// Whether a token without it is refused.
    #[serde(default)]
    pub required: bool,
    /// Built in or made by a customer.
    #[serde(default = "custom")]
    pub mapping_type: MappingType,
    /// In ID tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<bool>,
    /// In the user information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_info: Option<bool>,
    /// The format of its name in SAML assertions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_format: Option<String>,
    /// The scopes that it comes with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc_scopes: Option<Vec<String>>,
}

fn custom() -> MappingType {
    MappingType::Custom
}

impl ApplicationAttribute {
    /// The claim that every OpenID Connect application has: `sub` is the user's id.
    #[must_use]
    pub fn subject(application: Reference<ApplicationId>) -> Self {
        Self::core(application, SUBJECT)
    }

    /// The attribute that every SAML application has: the subject of assertions is the user's id unless changed.
    #[must_use]
    pub fn saml_subject(application: Reference<ApplicationId>) -> Self {
        Self::core(application, SAML_SUBJECT)
    }

    fn core(application: Reference<ApplicationId>, name: &str) -> Self {
        Self {
            application,
            name: name.to_owned(),
            value: SUBJECT_VALUE.to_owned(),
            required: true,
            mapping_type: MappingType::Core,
            id_token: None,
            user_info: None,
            name_format: None,
            oidc_scopes: None,
        }
    }
}

impl Entity for ApplicationAttribute {
    type Id = ApplicationAttributeId;
    const KIND: &'static str = "APPLICATION_ATTRIBUTE";
}

impl Declared for ApplicationAttribute {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                reference("application").read_only(),
                text("name").required().max(256),
                text("value").required(),
                boolean("required").default(false),
                one_of("mappingType", MappingType::WORDS).read_only(),
                boolean("idToken"),
                boolean("userInfo"),
                text("nameFormat").max(256),
                list("oidcScopes", text("scope").min(1).max(256), 100),
            ])
        });
        &SCHEMA
    }

    /// A token without its subject is none, whatever an update leaves out.
    fn fill(checked: &mut Map<String, Value>) {
        if checked.get("mappingType") == Some(&json!(MappingType::Core)) {
            checked.insert("required".to_owned(), Value::Bool(true));
        }
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        match self.mapping_type {
            MappingType::Custom if RESERVED.contains(&self.name.as_str()) => {
                problems.push(Problem::invalid("name", "is reserved"));
            }
            MappingType::Core if self.name == SAML_SUBJECT => {}
            MappingType::Core => {
                if self.name != SUBJECT {
                    problems.push(Problem::invalid("name", "cannot be changed"));
                }
                if self.value != SUBJECT_VALUE {
                    let text = format!("must be {SUBJECT_VALUE}: tokens name users by their ids");
                    problems.push(Problem::not_allowed("value", &[SUBJECT_VALUE]).saying(text));
                }
                for (target, place) in [("idToken", self.id_token), ("userInfo", self.user_info)] {
                    if place == Some(false) {
                        problems.push(Problem::invalid(target, "the subject is in all tokens"));
                    }
                }
            }
            MappingType::Custom | MappingType::Scope => {}
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPLICATION: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

    #[test]
    fn a_custom_claim_may_not_take_a_reserved_name() {
        let owned = [("application", json!({"id": APPLICATION}))];
        let read =
            |name: &str| ApplicationAttribute::read(&json!({"name": name, "value": "x"}), None, &owned);
        assert!(read("mail").is_ok());
        for name in RESERVED {
            assert!(read(name).is_err(), "{name}");
        }
    }

    #[test]
    fn the_subject_stays_the_id_of_the_user() {
        let subject = ApplicationAttribute::subject(Reference::to(APPLICATION.parse().unwrap()));
        let old = serde_json::to_value(subject).unwrap();
        let put = |name: &str, value: &str| {
            ApplicationAttribute::read(&json!({"name": name, "value": value}), old.as_object(), &[])
        };
        let (kept, _) = put("sub", "${user.id}").unwrap();
        assert_eq!((kept.mapping_type, kept.required), (MappingType::Core, true));
        assert_eq!(put("other", "${user.id}").unwrap_err()[0].target.as_deref(), Some("name"));
        assert_eq!(put("sub", "${user.username}").unwrap_err()[0].target.as_deref(), Some("value"));
    }
}
