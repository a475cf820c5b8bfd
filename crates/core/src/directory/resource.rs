//! Resources: APIs with an audience, for which applications get tokens.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::entity::Entity;
use crate::ids::ResourceId;
use crate::schema::{Declared, Object, boolean, integer, nested, object, one_of, text, words};
use crate::time::Span;

/// Name of the built-in resource of the OpenID Connect scopes.
pub const OPENID: &str = "openid";
/// Name of the built-in resource of the self-service scopes.
pub const PINGONE_API: &str = "PingOne API";
/// Audience of [`PINGONE_API`].
pub const PINGONE_API_AUDIENCE: &str = "https://api.pingone.com";

words! {
    /// Whether a resource is built in.
    pub enum ResourceType {
        OpenIdConnect = "OPENID_CONNECT",
        PingOneApi = "PINGONE_API",
        Custom = "CUSTOM",
    }
}

words! {
    /// How a resource server authenticates to introspect tokens.
    pub enum IntrospectAuthMethod {
        None = "NONE",
        ClientSecretBasic = "CLIENT_SECRET_BASIC",
        ClientSecretPost = "CLIENT_SECRET_POST",
    }
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// Unique in the environment.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Built in or made by a customer.
    #[serde(rename = "type")]
    pub kind: ResourceType,
    /// The `aud` of its tokens; only the openid resource has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// How long its access tokens live, in seconds.
    pub access_token_validity_seconds: i64,
    /// How its server authenticates to introspect tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspect_endpoint_auth_method: Option<IntrospectAuthMethod>,
    /// Whether permissions go into tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_permissions_settings: Option<PermissionsSettings>,
}

/// Whether permissions go into tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionsSettings {
    /// Adds the claim.
    pub claim_enabled: bool,
}

impl Resource {
    /// The built-in resource of the OpenID Connect scopes.
    #[must_use]
    pub fn openid() -> Self {
        Self::built_in(OPENID, ResourceType::OpenIdConnect, None)
    }

    /// The built-in resource of the self-service scopes.
    #[must_use]
    pub fn pingone_api() -> Self {
        Self::built_in(PINGONE_API, ResourceType::PingOneApi, Some(PINGONE_API_AUDIENCE.to_owned()))
    }

    fn built_in(name: &str, kind: ResourceType, audience: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            description: None,
            kind,
            audience,
            access_token_validity_seconds: 3600,
            introspect_endpoint_auth_method: None,
            application_permissions_settings: None,
        }
    }

    /// How long its access tokens live.
    #[must_use]
    pub fn access_token_validity(&self) -> Span {
        Span::seconds(self.access_token_validity_seconds)
    }
}

fn is_audience(text: &str) -> bool {
    let lower = text.to_lowercase();
    !text.contains('#') && !lower.contains("pingone") && !lower.contains("pingidentity")
}

impl Entity for Resource {
    type Id = ResourceId;
    const KIND: &'static str = "RESOURCE";
}

impl Declared for Resource {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("name").required().max(256).doc("Unique in the environment."),
                text("description").max(1024),
                one_of("type", &["CUSTOM"]).default("CUSTOM"),
                text("audience")
                    .min(1)
                    .pattern("a URL without fragment and without the names of the platform", is_audience)
                    .doc("The name of the resource when not sent."),
                integer("accessTokenValiditySeconds", 300, 2_592_000).default(3600),
                one_of("introspectEndpointAuthMethod", IntrospectAuthMethod::WORDS)
                    .default("CLIENT_SECRET_BASIC"),
                nested("applicationPermissionsSettings", object(vec![boolean("claimEnabled").required()])),
            ])
        });
        &SCHEMA
    }

    fn replace_schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| Resource::schema().with_read_only(&["type"]));
        &SCHEMA
    }

    fn fill(checked: &mut Map<String, Value>) {
        let built_in_openid = checked.get("type") == Some(&json!("OPENID_CONNECT"));
        if let (Some(name), false) = (checked.get("name").cloned(), built_in_openid) {
            checked.entry("audience").or_insert(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;

    #[test]
    fn the_audience_is_the_name_unless_sent() {
        let (resource, _) = Resource::read(&json!({"name": "transfers"}), None, &[]).unwrap();
        assert_eq!((resource.audience.as_deref(), resource.kind), (Some("transfers"), ResourceType::Custom));
        assert_eq!(resource.access_token_validity(), Span::hours(1));
    }

    #[test]
    fn each_fault_is_named() {
        let table = [
            (json!({}), Code::RequiredValue, "name"),
            (json!({"name": "a", "type": "OPENID_CONNECT"}), Code::InvalidValue, "type"),
            (json!({"name": "a", "audience": "https://a#b"}), Code::InvalidValue, "audience"),
            (json!({"name": "a", "audience": "https://api.PingOne.com"}), Code::InvalidValue, "audience"),
            (
                json!({"name": "a", "accessTokenValiditySeconds": 299}),
                Code::OutOfRange,
                "accessTokenValiditySeconds",
            ),
        ];
        for (body, code, target) in table {
            let problems = Resource::read(&body, None, &[]).unwrap_err();
            assert_eq!((problems[0].code, problems[0].target.as_deref()), (code, Some(target)), "{body}");
        }
    }

    #[test]
    fn a_built_in_resource_keeps_its_type() {
        let old = serde_json::to_value(Resource::openid()).unwrap();
        let (new, _) =
            Resource::read(&json!({"name": "openid", "type": "CUSTOM"}), old.as_object(), &[]).unwrap();
        assert_eq!((new.kind, new.audience), (ResourceType::OpenIdConnect, None));
    }
}
