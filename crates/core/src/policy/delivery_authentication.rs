//! How Postern proves itself to a customer's gateway. The secrets themselves are kept apart.

use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::schema::{Field, Secrets, list, nested, object, one_of, text, texts, words};

words! {
    /// How requests to a gateway are authenticated.
    pub enum AuthenticationMethod {
        Basic = "BASIC",
        Bearer = "BEARER",
        OAuth2 = "OAUTH2",
        CustomHeader = "CUSTOM_HEADER",
    }
}

words! {
    /// How an access token for a gateway is got.
    pub enum GatewayGrant {
        ClientCredentials = "CLIENT_CREDENTIALS",
        JwtBearer = "JWT_BEARER",
    }
}

/// The open part of the authentication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryAuthentication {
    /// Which method.
    pub method: AuthenticationMethod,
    /// Of `BASIC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Of `OAUTH2`: where tokens are got.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_url: Option<String>,
    /// Of `OAUTH2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Of `OAUTH2`: how tokens are got.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_type: Option<GatewayGrant>,
    /// Of `OAUTH2`: where the client secret goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_authentication_method: Option<String>,
    /// Of `OAUTH2`: what is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// Of `CUSTOM_HEADER`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_name: Option<String>,
}

/// Declares the member `authentication`.
pub(super) fn authentication() -> Field {
    nested(
        "authentication",
        object(vec![
            one_of("method", AuthenticationMethod::WORDS).required(),
            text("username").max(256),
            text("password").secret(),
            text("authToken").max(4096).secret(),
            text("authUrl").max(2048).pattern("an https URL", texts::is_https_url),
            text("clientId").max(256),
            text("clientSecret").secret(),
            text("assertion").max(8192).secret(),
            one_of("grantType", GatewayGrant::WORDS),
            one_of("clientAuthenticationMethod", &["BASIC_AUTH_HEADER"]),
            list("scopes", text("scope").min(1).max(256), 50),
            text("headerName").max(256).pattern("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", is_header_name),
            text("headerValue").max(4096).secret(),
        ]),
    )
}

/// The characters that HTTP allows in a header name.
pub(super) fn is_header_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+.^_`|~-".contains(&byte))
}

impl DeliveryAuthentication {
    /// Open members that the method needs and that are missing.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let needed = match self.method {
            AuthenticationMethod::Basic => vec![("username", self.username.is_some())],
            AuthenticationMethod::Bearer => vec![],
            AuthenticationMethod::OAuth2 if self.is_jwt_bearer() => {
                vec![("authUrl", self.auth_url.is_some())]
            }
            AuthenticationMethod::OAuth2 => {
                vec![("authUrl", self.auth_url.is_some()), ("clientId", self.client_id.is_some())]
            }
            AuthenticationMethod::CustomHeader => vec![("headerName", self.header_name.is_some())],
        };
        missing(needed.iter().filter(|(_, present)| !present).map(|(name, _)| *name))
    }

    /// Secrets that the method needs and that are missing.
    pub(super) fn secret_problems(&self, secrets: &Secrets) -> Vec<Problem> {
        let needed = match self.method {
            AuthenticationMethod::Basic => "password",
            AuthenticationMethod::Bearer => "authToken",
            AuthenticationMethod::OAuth2 if self.is_jwt_bearer() => "assertion",
            AuthenticationMethod::OAuth2 => "clientSecret",
            AuthenticationMethod::CustomHeader => "headerValue",
        };
        let present = secrets.text(&["authentication", needed]).is_some();
        missing((!present).then_some(needed).into_iter())
    }

    fn is_jwt_bearer(&self) -> bool {
        self.grant_type == Some(GatewayGrant::JwtBearer)
    }
}

fn missing<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Problem> {
    names.map(|name| Problem::required(&format!("authentication.{name}"))).collect()
}
