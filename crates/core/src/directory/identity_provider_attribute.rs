//! What of an account elsewhere becomes an attribute of a user here.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::identity_provider::IdentityProviderType;
use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{IdentityProviderAttributeId, IdentityProviderId};
use crate::problem::Problem;
use crate::schema::{Declared, Object, object, one_of, reference, text, words};

words! {
    /// Whether a provider must have it.
    pub enum ProviderMappingType {
        Core = "CORE",
        Custom = "CUSTOM",
    }
}

words! {
    /// When the user's attribute is set.
    pub enum ProviderUpdate {
        EmptyOnly = "EMPTY_ONLY",
        Always = "ALWAYS",
    }
}

/// Attributes of users that no provider may set.
const FORBIDDEN: &[&str] = &["account", "id", "created", "updated", "lifecycle", "mfaEnabled", "enabled"];
/// The attribute that every provider sets.
const USERNAME: &str = "username";

/// A mapping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProviderAttribute {
    /// The provider; set by the server.
    pub identity_provider: Reference<IdentityProviderId>,
    /// The attribute of the user; unique in the provider.
    pub name: String,
    /// Where it comes from, such as `${providerAttributes.email}`.
    pub value: String,
    /// When it is set.
    pub update: ProviderUpdate,
    /// Whether a provider must have it.
    #[serde(default = "custom")]
    pub mapping_type: ProviderMappingType,
}

fn custom() -> ProviderMappingType {
    ProviderMappingType::Custom
}

impl IdentityProviderAttribute {
    /// The mapping that a new provider has.
    #[must_use]
    pub fn username(provider: IdentityProviderId, kind: IdentityProviderType) -> Self {
        let value = match kind {
            IdentityProviderType::Saml => "${samlAssertion.subject}",
            IdentityProviderType::OpenIdConnect | IdentityProviderType::Apple => "${providerAttributes.sub}",
            _ => "${providerAttributes.email}",
        };
        Self {
            identity_provider: Reference::to(provider),
            name: USERNAME.to_owned(),
            value: value.to_owned(),
            update: ProviderUpdate::EmptyOnly,
            mapping_type: ProviderMappingType::Core,
        }
    }
}

impl Entity for IdentityProviderAttribute {
    type Id = IdentityProviderAttributeId;
    const KIND: &'static str = "IDENTITY_PROVIDER_ATTRIBUTE";
}

impl Declared for IdentityProviderAttribute {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                reference("identityProvider").read_only(),
                text("name").required().max(256),
                text("value").required(),
                one_of("update", ProviderUpdate::WORDS).required(),
                one_of("mappingType", ProviderMappingType::WORDS).read_only(),
            ])
        });
        &SCHEMA
    }

    fn problems(&self) -> Vec<Problem> {
        if self.mapping_type == ProviderMappingType::Core && self.name != USERNAME {
            return vec![Problem::invalid("name", "cannot be changed")];
        }
        if FORBIDDEN.contains(&self.name.as_str()) {
            return vec![Problem::invalid("name", "cannot be set by a provider")];
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_provider_does_not_decide_who_may_sign_on() {
        let owned = [("identityProvider", json!({"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}))];
        let read = |name: &str| {
            let body = json!({"name": name, "value": "${providerAttributes.x}", "update": "ALWAYS"});
            IdentityProviderAttribute::read(&body, None, &owned)
        };
        assert!(read("name.given").is_ok());
        for name in FORBIDDEN {
            assert!(read(name).is_err(), "{name}");
        }
    }
}
