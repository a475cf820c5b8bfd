//! Other places where people can have an account. They are kept and shown; nobody signs on through them.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{IdentityProviderId, PopulationId};
use crate::schema::{
    Declared, Field, Kinds, Object, boolean, integer, list, nested, object, one_of, reference, sealed, text,
    url, uuid, words,
};
use crate::secret::Sealed;

words! {
    /// What kind of provider.
    pub enum IdentityProviderType {
        Facebook = "FACEBOOK",
        Google = "GOOGLE",
        LinkedIn = "LINKEDIN",
        LinkedInOidc = "LINKEDIN_OIDC",
        Apple = "APPLE",
        Twitter = "TWITTER",
        Amazon = "AMAZON",
        Yahoo = "YAHOO",
        Microsoft = "MICROSOFT",
        PayPal = "PAYPAL",
        GitHub = "GITHUB",
        OpenIdConnect = "OPENID_CONNECT",
        Saml = "SAML",
    }
}

/// An identity provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProvider {
    /// Unique in the environment.
    pub name: String,
    /// What kind.
    #[serde(rename = "type")]
    pub kind: IdentityProviderType,
    /// Whether it may be used.
    pub enabled: bool,
    /// Where people who come from it belong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<ProviderRegistration>,
    /// Its secrets, sealed. Never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
    /// The settings of its kind, as they were sent.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
}

/// Where people who come from a provider belong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProviderRegistration {
    /// The population.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<Reference<PopulationId>>,
}

impl IdentityProvider {
    /// The certificates that its answers are checked with, and the members that name them.
    #[must_use]
    pub fn certificates(&self) -> Vec<(String, &str)> {
        let listed = self.settings.get("idpVerification").and_then(|settings| settings.get("certificates"));
        let listed = listed.and_then(Value::as_array).into_iter().flatten().enumerate();
        listed
            .filter_map(|(place, certificate)| {
                let id = certificate.get("id")?.as_str()?;
                Some((format!("idpVerification.certificates[{place}].id"), id))
            })
            .collect()
    }

    /// The key that signs requests to it.
    #[must_use]
    pub fn signing_key(&self) -> Option<&str> {
        self.settings.get("spSigning")?.pointer("/key/id")?.as_str()
    }
}

impl Entity for IdentityProvider {
    type Id = IdentityProviderId;
    const KIND: &'static str = "IDENTITY_PROVIDER";
}

impl Declared for IdentityProvider {
    fn schema() -> &'static Object {
        kinds().all()
    }

    fn schema_for(input: &Value, old: Option<&Map<String, Value>>) -> &'static Object {
        kinds().of(input, old)
    }
}

/// The declaration of each kind.
fn kinds() -> &'static Kinds {
    static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
        let own = IdentityProviderType::ALL.iter().map(|kind| (kind.as_str(), own_fields(*kind)));
        Kinds::new("type", &common(), own)
    });
    &KINDS
}

fn common() -> Vec<Field> {
    let picture = || object(vec![uuid("id"), url("href")]);
    vec![
        text("name").required().max(256).doc("Unique in the environment."),
        text("description").max(1024),
        boolean("enabled").required(),
        one_of("type", IdentityProviderType::WORDS).required().immutable(),
        nested("icon", picture()),
        nested("loginButtonIcon", picture()),
        nested("registration", object(vec![reference("population")])),
        sealed(),
    ]
}

/// Longest key file, in characters.
const MAX_KEY: usize = 16 * 1024;

fn own_fields(kind: IdentityProviderType) -> Vec<Field> {
    use IdentityProviderType::*;
    let client = || vec![text("clientId").required(), text("clientSecret").required().secret()];
    let mut fields = match kind {
        Facebook => vec![text("appId").required(), text("appSecret").required().secret()],
        Apple => {
            let ten = |name| text(name).required().min(10).max(10);
            vec![
                text("clientId").required(),
                text("clientSecretSigningKey").required().max(MAX_KEY).multiline().secret(),
                ten("keyId"),
                ten("teamId"),
            ]
        }
        OpenIdConnect => oidc(),
        Saml => saml(),
        Google | LinkedIn | LinkedInOidc | Twitter | Amazon | Yahoo | Microsoft | PayPal | GitHub => client(),
    };
    match kind {
        Microsoft => fields.push(text("tenantId").max(256)),
        PayPal => fields.push(one_of("clientEnvironment", &["sandbox", "live"]).required()),
        _ => {}
    }
    fields
}

fn oidc() -> Vec<Field> {
    vec![
        url("authorizationEndpoint").required(),
        text("clientId").required(),
        text("clientSecret").required().secret(),
        url("discoveryEndpoint"),
        url("issuer").required(),
        url("jwksEndpoint").required(),
        list("scopes", text("scope").min(1).max(256), 100).required().min(1),
        url("tokenEndpoint").required(),
        one_of("tokenEndpointAuthMethod", &["CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "NONE"])
            .default("CLIENT_SECRET_BASIC"),
        url("userInfoEndpoint"),
        one_of("pkceMethod", &["NONE", "S256"]).default("NONE"),
    ]
}

fn saml() -> Vec<Field> {
    let algorithm = one_of(
        "algorithm",
        &[
            "SHA256withRSA",
            "SHA384withRSA",
            "SHA512withRSA",
            "SHA256withECDSA",
            "SHA384withECDSA",
            "SHA512withECDSA",
        ],
    );
    let certificates = list("certificates", reference("certificate"), 50).required();
    vec![
        boolean("authnRequestSigned").default(false),
        text("idpEntityId").required(),
        nested("idpVerification", object(vec![certificates])).required(),
        text("spEntityId").required(),
        nested("spSigning", object(vec![algorithm, reference("key").required()])),
        one_of("ssoBinding", &["HTTP_POST", "HTTP_REDIRECT"]).required(),
        url("ssoEndpoint").required(),
        one_of("sloBinding", &["HTTP_POST", "HTTP_REDIRECT"]).default("HTTP_POST"),
        url("sloEndpoint"),
        url("sloResponseEndpoint"),
        integer("sloWindow", 0, 24),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_asks_for_its_own_members_and_hides_its_secret() {
        let missing = |kind: &str| -> Vec<String> {
            let body = json!({"name": "a", "enabled": true, "type": kind});
            let problems = IdentityProvider::read(&body, None, &[]).unwrap_err();
            problems.into_iter().filter_map(|problem| problem.target).collect()
        };
        assert_eq!(missing("FACEBOOK"), ["appId", "appSecret"]);
        assert_eq!(missing("PAYPAL"), ["clientId", "clientSecret", "clientEnvironment"]);
        assert_eq!(missing("SAML").len(), 5);
        let body =
            json!({"name": "a", "enabled": true, "type": "GOOGLE", "clientId": "c", "clientSecret": "s"});
        let (provider, secrets) = IdentityProvider::read(&body, None, &[]).unwrap();
        assert_eq!(secrets.text(&["clientSecret"]), Some("s"));
        assert!(!serde_json::to_string(&provider).unwrap().contains("clientSecret"));
    }
}
