//! Applications: OAuth and OpenID Connect clients, and connections of other protocols that are only kept.
//!
//! Owns the record. The client secret is a record of its own; grants, claims
//! and sign-on policy assignments belong to it and live apart.

mod body;
mod connections;
mod mobile;
mod origins;
mod rules;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{ApplicationId, KeyRotationPolicyId};
use crate::schema::{Object, words};
use crate::secret::Sealed;
use crate::time::Span;

pub use mobile::{IntegrityDetection, MobilePush, MobileSettings, NumberMatching, NumberMatchingType};

words! {
    /// What kind of client.
    pub enum ApplicationType {
        WebApp = "WEB_APP",
        NativeApp = "NATIVE_APP",
        SinglePageApp = "SINGLE_PAGE_APP",
        Worker = "WORKER",
        Service = "SERVICE",
        CustomApp = "CUSTOM_APP",
        PortalLink = "PORTAL_LINK_APP",
    }
}

words! {
    /// What an application speaks. Only OpenID Connect is served; the others are kept.
    pub enum Protocol {
        OpenIdConnect = "OPENID_CONNECT",
        Saml = "SAML",
        WsFed = "WS_FED",
        ExternalLink = "EXTERNAL_LINK",
    }
}

words! {
    /// What a client may exchange for a token.
    pub enum GrantType {
        AuthorizationCode = "AUTHORIZATION_CODE",
        Implicit = "IMPLICIT",
        RefreshToken = "REFRESH_TOKEN",
        ClientCredentials = "CLIENT_CREDENTIALS",
        DeviceCode = "DEVICE_CODE",
        TokenExchange = "TOKEN_EXCHANGE",
        Ciba = "CIBA",
    }
}

words! {
    /// What the authorization endpoint may answer.
    pub enum ResponseType {
        Code = "CODE",
        Token = "TOKEN",
        IdToken = "ID_TOKEN",
    }
}

words! {
    /// How a client proves who it is.
    pub enum TokenAuthMethod {
        None = "NONE",
        ClientSecretBasic = "CLIENT_SECRET_BASIC",
        ClientSecretPost = "CLIENT_SECRET_POST",
        ClientSecretJwt = "CLIENT_SECRET_JWT",
        PrivateKeyJwt = "PRIVATE_KEY_JWT",
    }
}

words! {
    /// Whether a client must use PKCE.
    pub enum PkceEnforcement {
        Optional = "OPTIONAL",
        Required = "REQUIRED",
        S256Required = "S256_REQUIRED",
    }
}

words! {
    /// Whether something must be used.
    pub enum Requirement {
        Optional = "OPTIONAL",
        Required = "REQUIRED",
    }
}

words! {
    /// The form of refresh tokens.
    pub enum RefreshTokenType {
        Opaque = "OPAQUE_TOKEN",
        JsonWebToken = "JSON_WEB_TOKEN",
    }
}

/// An application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Unique in the environment.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it gets tokens.
    pub enabled: bool,
    /// What kind of client.
    #[serde(rename = "type")]
    pub kind: ApplicationType,
    /// What it speaks.
    pub protocol: Protocol,
    /// A sign-on page outside of Postern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_page_url: Option<String>,
    /// Who may sign on to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_control: Option<AccessControl>,
    /// Not shown to users who look for applications.
    #[serde(default)]
    pub hidden_from_app_portal: bool,
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Icon>,
    /// Whether a worker got the roles of its creator.
    #[serde(default)]
    pub assign_actor_roles: bool,
    /// What it may exchange for a token.
    #[serde(default)]
    pub grant_types: Vec<GrantType>,
    /// What the authorization endpoint may answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<ResponseType>>,
    /// How it proves who it is.
    #[serde(default = "connections::auth_method")]
    pub token_endpoint_auth_method: TokenAuthMethod,
    /// Where answers may go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    /// Where a sign-off may end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uris: Option<Vec<String>>,
    /// Whether `*` in redirect URIs stands for anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_wildcard_in_redirect_uris: Option<bool>,
    /// Whether it must use PKCE.
    #[serde(default = "connections::pkce")]
    pub pkce_enforcement: PkceEnforcement,
    /// Whether it must push its requests.
    #[serde(default = "connections::par")]
    pub par_requirement: Requirement,
    /// How long a pushed request is good, in seconds.
    #[serde(default)]
    pub par_timeout: i64,
    /// How long a refresh token lives, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_duration: Option<i64>,
    /// How long a chain of refresh tokens lives, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_rolling_duration: Option<i64>,
    /// How long a used refresh token is still good, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_rolling_grace_period_duration: Option<i64>,
    /// The form of its refresh tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_type: Option<RefreshTokenType>,
    /// Whether a replayed refresh token ends its chain.
    #[serde(default)]
    pub additional_refresh_token_replay_protection_enabled: bool,
    /// Whether an unsigned `request` is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support_unsigned_request_object: Option<bool>,
    /// Whether a signed `request` must be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_signed_request_object: Option<bool>,
    /// Its public keys, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<String>,
    /// Where its public keys are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_url: Option<String>,
    /// How long a device code is good, in seconds.
    #[serde(default)]
    pub device_timeout: i64,
    /// How often a device may ask, in seconds.
    #[serde(default)]
    pub device_polling_interval: i64,
    /// Its short name in verification links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_path_id: Option<String>,
    /// Its own verification page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_custom_verification_uri: Option<String>,
    /// Which key signs its tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signing: Option<Signing>,
    /// Puts the certificate thumbprint into token headers.
    #[serde(rename = "includeX5t", skip_serializing_if = "Option::is_none")]
    pub include_x5t: Option<bool>,
    /// Whether a sign-off ends the session too.
    #[serde(default)]
    pub idp_signoff: bool,
    /// Where it starts a sign-on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// Where people land in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_link_uri: Option<String>,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home_page_url: Option<String>,
    /// Adds `session_state` to answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op_session_check_enabled: Option<bool>,
    /// Whether one request may name scopes of several custom resources.
    #[serde(default)]
    pub request_scopes_for_multiple_resources_enabled: bool,
    /// Which origins may call with cookies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cors_settings: Option<CorsSettings>,
    /// Markers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Its key for Kerberos; kept and shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kerberos: Option<Value>,
    /// The catalogue entry it was made from; kept and shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<Value>,
    /// What a native application needs for push.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<MobileSettings>,
    /// Its secret settings, sealed. Never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
    /// The settings of a protocol that is not served, as they were sent; empty for OpenID Connect.
    #[serde(flatten)]
    pub connection: Map<String, Value>,
}

/// Who may sign on. Sign-ons are not held against roles and groups yet, so either member keeps everybody out
/// ([`Application::restricts_users`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessControl {
    /// Administrators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Value>,
    /// Members of groups only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupControl>,
}

/// Which groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupControl {
    /// `ANY_GROUP` or `ALL_GROUPS`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The groups.
    pub groups: Vec<Reference<Uuid>>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Icon {
    /// Its id.
    pub id: Uuid,
    /// Where it is.
    pub href: String,
}

/// Which key signs tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signing {
    /// The rotation policy of the key; the environment's default when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_rotation_policy: Option<Reference<KeyRotationPolicyId>>,
}

words! {
    /// Whether any origin may call with cookies.
    pub enum CorsBehavior {
        NoOrigins = "ALLOW_NO_ORIGINS",
        SpecificOrigins = "ALLOW_SPECIFIC_ORIGINS",
    }
}

/// Which origins may call with cookies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorsSettings {
    /// None or some.
    pub behavior: CorsBehavior,
    /// The origins; `*.` may stand for sub-domains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
}

impl Entity for Application {
    type Id = ApplicationId;
    const KIND: &'static str = "APPLICATION";
}

impl Application {
    /// Whether it is a client of the authorization server.
    #[must_use]
    pub fn is_client(&self) -> bool {
        self.protocol == Protocol::OpenIdConnect
    }

    /// The declaration of the body of one protocol.
    #[must_use]
    pub fn schema_of(protocol: Protocol) -> &'static Object {
        connections::schema_of(protocol)
    }

    /// The entity id by which a SAML service provider is known; unique in the environment.
    #[must_use]
    pub fn sp_entity_id(&self) -> Option<&str> {
        self.connection.get("spEntityId").and_then(Value::as_str)
    }

    /// The key that it names to sign with, of the keys of the environment.
    #[must_use]
    pub fn signing_key(&self) -> Option<&str> {
        self.connection.get("idpSigning")?.pointer("/key/id")?.as_str()
    }

    /// The key for Kerberos that it names, of the keys of the environment.
    #[must_use]
    pub fn kerberos_key(&self) -> Option<&str> {
        self.kerberos.as_ref()?.pointer("/key/id")?.as_str()
    }

    /// The certificates that it names, with the members that name them.
    #[must_use]
    pub fn certificates(&self) -> Vec<(String, &str)> {
        let encryption =
            self.connection.get("spEncryption").and_then(|settings| settings.pointer("/certificate/id"));
        let encryption =
            encryption.and_then(Value::as_str).map(|id| ("spEncryption.certificate.id".to_owned(), id));
        let verification =
            self.connection.get("spVerification").and_then(|settings| settings.get("certificates"));
        let verification = verification.and_then(Value::as_array).into_iter().flatten().enumerate();
        let verification = verification.filter_map(|(place, certificate)| {
            Some((format!("spVerification.certificates[{place}].id"), certificate.get("id")?.as_str()?))
        });
        encryption.into_iter().chain(verification).collect()
    }

    /// Whether it may use this grant.
    #[must_use]
    pub fn may_use(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Whether only administrators or members of groups may sign on.
    #[must_use]
    pub fn restricts_users(&self) -> bool {
        self.access_control.as_ref().is_some_and(|control| control.role.is_some() || control.group.is_some())
    }

    /// How long a refresh token lives; 30 days unless set.
    #[must_use]
    pub fn refresh_token_life(&self) -> Span {
        Span::seconds(self.refresh_token_duration.unwrap_or(2_592_000))
    }

    /// Whether its `request` objects may come unsigned.
    #[must_use]
    pub fn takes_unsigned_requests(&self) -> bool {
        self.support_unsigned_request_object == Some(true)
    }

    /// Whether an authorization without a signed `request` is refused.
    #[must_use]
    pub fn needs_signed_requests(&self) -> bool {
        self.require_signed_request_object == Some(true)
    }
}
