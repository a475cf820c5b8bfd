//! An authorization request that was understood, as a flow keeps it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::pkce::ChallengeMethod;
use crate::time::{Span, Timestamp};

/// What the answer carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ResponseType {
    /// An authorization code.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub code: bool,
    /// An access token.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub token: bool,
    /// An ID token.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub id_token: bool,
}

impl ResponseType {
    /// Only a code.
    pub const CODE: Self = Self { code: true, token: false, id_token: false };

    /// Whether tokens travel through the browser.
    #[must_use]
    pub const fn has_tokens(self) -> bool {
        self.token || self.id_token
    }
}

/// How the answer travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    #[serde(rename = "query")]
    Query,
    /// In its fragment.
    #[serde(rename = "fragment")]
    Fragment,
    /// In a form that posts itself.
    #[serde(rename = "form_post")]
    FormPost,
    /// In the flow object, without any redirect.
    #[serde(rename = "pi.flow")]
    Flow,
}

impl ResponseMode {
    /// Reads `response_mode`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "query" => Some(Self::Query),
            "fragment" => Some(Self::Fragment),
            "form_post" => Some(Self::FormPost),
            "pi.flow" => Some(Self::Flow),
            _ => None,
        }
    }
}

/// The challenge of PKCE.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// `code_challenge`.
    pub value: String,
    /// `code_challenge_method`.
    pub method: ChallengeMethod,
}

/// How the request wants the person to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Prompt {
    /// When needed.
    #[default]
    Auto,
    /// Never: `login_required` instead.
    None,
    /// Always, even with a live session.
    Login,
}

/// The message of a transaction (`pi.template`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateChoice {
    /// The template.
    pub name: String,
    /// Its variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Values for its variables, as texts.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub variables: Map<String, Value>,
}

/// An authorization request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizeRequest {
    /// `response_type`.
    pub response_type: ResponseType,
    /// `response_mode`, or the default of the response type.
    pub response_mode: ResponseMode,
    /// `redirect_uri`, checked; absent only with `pi.flow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// `scope`, each once; empty when none was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// `state`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// `nonce`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The challenge of PKCE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
    /// `acr_values`: names of sign-on policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acr_values: Vec<String>,
    /// `prompt`.
    #[serde(default)]
    pub prompt: Prompt,
    /// `max_age`, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i64>,
    /// `login_hint`: a user name to offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// The user whom a signed request object names: no other may answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// `pi.template` of a signed request object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateChoice>,
    /// `pi.clientContext`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_context: Option<Map<String, Value>>,
    /// `pi.remoteIp`: where the person sits, when the caller is a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<IpAddr>,
}

impl AuthorizeRequest {
    /// Whether the password must be given again.
    #[must_use]
    pub fn forces_sign_on(&self) -> bool {
        self.prompt == Prompt::Login
    }

    /// Whether a session whose last sign-on was then may stand in for a new one.
    #[must_use]
    pub fn accepts_session(&self, last_sign_on: Option<Timestamp>, now: Timestamp) -> bool {
        let fresh = |limit: i64| last_sign_on.is_some_and(|at| now.since(at) <= Span::seconds(limit));
        !self.forces_sign_on() && self.max_age.is_none_or(fresh)
    }

    /// Whether the answer is the flow object itself.
    #[must_use]
    pub fn is_flow(&self) -> bool {
        self.response_mode == ResponseMode::Flow
    }
}
