//! Claims that a resource adds to its tokens.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{ResourceAttributeId, ResourceId};
use crate::problem::Problem;
use crate::schema::{Declared, Object, boolean, object, one_of, reference, text, words};

/// Claims of access tokens that the server owns.
pub const RESERVED: &[&str] = &[
    "acr",
    "amr",
    "aud",
    "auth_time",
    "client_id",
    "env",
    "exp",
    "iat",
    "iss",
    "jti",
    "org",
    "scope",
    "sid",
    "sub",
];

/// Name and value of the claim that every custom resource has.
const SUBJECT: (&str, &str) = ("sub", "${user.id}");

/// Names and values of the claims that the openid resource has from the start; its scopes give them out.
pub const PREDEFINED: &[(&str, &str)] = &[
    ("address.country", "${user.address.countryCode}"),
    ("address.locality", "${user.address.locality}"),
    ("address.postal_code", "${user.address.postalCode}"),
    ("address.region", "${user.address.region}"),
    ("address.street_address", "${user.address.streetAddress}"),
    ("email", "${user.email}"),
    ("email_verified", "${user.emailVerified}"),
    ("family_name", "${user.name.family}"),
    ("given_name", "${user.name.given}"),
    ("locale", "${user.locale}"),
    ("middle_name", "${user.name.middle}"),
    ("name", "${user.name.formatted}"),
    ("nickname", "${user.nickname}"),
    ("phone_number", "${user.primaryPhone}"),
    ("picture", "${user.photo.href}"),
    ("preferred_username", "${user.username}"),
    ("updated_at", "${user.updatedAt}"),
    ("zoneinfo", "${user.timezone}"),
];

words! {
    /// Where a claim comes from.
    pub enum ResourceAttributeType {
        Core = "CORE",
        Custom = "CUSTOM",
        Predefined = "PREDEFINED",
    }
}

/// A claim of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceAttribute {
    /// The resource that it belongs to; set by the server.
    pub resource: Reference<ResourceId>,
    /// The claim; unique in the resource.
    pub name: String,
    /// A text, with `${…}` for what is looked up.
    pub value: String,
    /// Built in or made by a customer.
    #[serde(rename = "type", default = "custom")]
    pub kind: ResourceAttributeType,
    /// Also in ID tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<bool>,
    /// Also in the user information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_info: Option<bool>,
}

fn custom() -> ResourceAttributeType {
    ResourceAttributeType::Custom
}

impl ResourceAttribute {
    /// The claim that every custom resource has: `sub` is the user's id.
    #[must_use]
    pub fn subject(resource: Reference<ResourceId>) -> Self {
        Self::built_in(resource, ResourceAttributeType::Core, SUBJECT)
    }

    /// The claims that the openid resource has from the start.
    pub fn predefined(resource: Reference<ResourceId>) -> impl Iterator<Item = Self> {
        let claims = PREDEFINED.iter();
        claims.map(move |claim| Self::built_in(resource, ResourceAttributeType::Predefined, *claim))
    }

    fn built_in(
        resource: Reference<ResourceId>,
        kind: ResourceAttributeType,
        (name, value): (&str, &str),
    ) -> Self {
        Self {
            resource,
            name: name.to_owned(),
            value: value.to_owned(),
            kind,
            id_token: None,
            user_info: None,
        }
    }

    /// Built-in claims are given out as they are, so that another name, value or place would say what is not so.
    fn changes(&self, claims: &[(&str, &str)]) -> Vec<Problem> {
        let mut problems = Vec::new();
        match claims.iter().find(|(name, _)| *name == self.name) {
            None => problems.push(Problem::invalid("name", "cannot be changed")),
            Some((_, value)) if *value != self.value => {
                problems.push(Problem::not_allowed("value", &[value]));
            }
            Some(_) => {}
        }
        for (target, place) in [("idToken", self.id_token), ("userInfo", self.user_info)] {
            if place == Some(false) {
                problems.push(Problem::invalid(target, "a built-in claim is in all tokens"));
            }
        }
        problems
    }
}

impl Entity for ResourceAttribute {
    type Id = ResourceAttributeId;
    const KIND: &'static str = "RESOURCE_ATTRIBUTE";
}

impl Declared for ResourceAttribute {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                reference("resource").read_only(),
                text("name").required().max(256),
                text("value").required(),
                one_of("type", ResourceAttributeType::WORDS).read_only(),
                boolean("idToken"),
                boolean("userInfo"),
            ])
        });
        &SCHEMA
    }

    fn problems(&self) -> Vec<Problem> {
        match self.kind {
            ResourceAttributeType::Core => self.changes(&[SUBJECT]),
            ResourceAttributeType::Predefined => self.changes(PREDEFINED),
            ResourceAttributeType::Custom => {
                let reserved = RESERVED.contains(&self.name.as_str()) || self.name.starts_with("p1.");
                reserved.then(|| Problem::invalid("name", "is reserved")).into_iter().collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn built_in_claims_stay_as_they_are() {
        let resource = Reference::to("0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01".parse().unwrap());
        let built_in = ResourceAttribute::predefined(resource).chain([ResourceAttribute::subject(resource)]);
        for claim in built_in {
            let old = serde_json::to_value(&claim).unwrap();
            let put = |change: (&str, serde_json::Value)| {
                let mut body = old.clone();
                body[change.0] = change.1;
                ResourceAttribute::read(&body, old.as_object(), &[("resource", old["resource"].clone())])
            };
            assert_eq!(put(("value", json!(claim.value))).unwrap().0, claim);
            for change in
                [("value", json!("${user.title}")), ("name", json!("other")), ("idToken", json!(false))]
            {
                let target = change.0;
                assert_eq!(put(change).unwrap_err()[0].target.as_deref(), Some(target), "{}", claim.name);
            }
        }
    }

    #[test]
    fn reserved_claims_are_refused() {
        let owned = [("resource", json!({"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}))];
        let read = |name: &str| {
            ResourceAttribute::read(&json!({"name": name, "value": "${user.email}"}), None, &owned)
        };
        assert!(read("mail").is_ok());
        for name in ["sub", "env", "p1.rid"] {
            assert_eq!(read(name).unwrap_err()[0].target.as_deref(), Some("name"), "{name}");
        }
    }
}
