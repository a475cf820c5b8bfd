//! Sign-on policies: named, ordered sets of actions. The actions are records of their own.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::entity::Entity;
use crate::ids::SignOnPolicyId;
use crate::schema::{Declared, Object, boolean, object, text, texts};

/// Names of the policies that an environment starts with.
pub const SINGLE_FACTOR: &str = "Single_Factor";
/// The one with a second factor.
pub const MULTI_FACTOR: &str = "Multi_Factor";

/// A sign-on policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignOnPolicy {
    /// Whether it rules applications without an assignment; one per environment.
    #[serde(default)]
    pub default: bool,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Unique in the environment; what `acr_values` names.
    pub name: String,
}

impl Entity for SignOnPolicy {
    type Id = SignOnPolicyId;
    const KIND: &'static str = "SIGN_ON_POLICY";
}

impl Declared for SignOnPolicy {
    /// A new policy is never the default; an update makes it so.
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> =
            LazyLock::new(|| SignOnPolicy::replace_schema().with_read_only(&["default"]));
        &SCHEMA
    }

    fn replace_schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                boolean("default").default(false),
                text("description").max(1024),
                text("name")
                    .required()
                    .max(256)
                    .pattern("letters, digits, spaces and _ . -, or an absolute URI", is_policy_name),
            ])
        });
        &SCHEMA
    }
}

fn is_policy_name(text: &str) -> bool {
    if text.contains(':') {
        return texts::is_absolute_uri(text);
    }
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ' ' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_new_policy_is_not_the_default_whatever_it_says() {
        let body =
            json!({"name": "MFA_Policy_1767607200", "default": "true", "description": "MFA sign-on policy."});
        let (policy, _) = SignOnPolicy::read(&body, None, &[]).unwrap();
        assert!(!policy.default);
        let old = serde_json::to_value(&policy).unwrap();
        assert!(SignOnPolicy::read(&body, old.as_object(), &[]).unwrap().0.default);
    }

    #[test]
    fn names_are_words_or_uris() {
        for (name, good) in [
            ("Single_Factor", true),
            ("urn:acme:loa:2", true),
            ("https://acme.example/loa2", true),
            ("a/b", false),
            ("a: b", false),
            ("é", false),
        ] {
            assert_eq!(SignOnPolicy::read(&json!({"name": name}), None, &[]).is_ok(), good, "{name}");
        }
    }
}
