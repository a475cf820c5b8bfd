//! Why an OAuth request is refused, in the words of RFC 6749 and its companions.

use std::borrow::Cow;

/// An OAuth error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OAuthCode {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// The client did not prove who it is.
    InvalidClient,
    /// The code or refresh token is wrong, expired, used, or another client's.
    InvalidGrant,
    /// The scope is unknown or not granted.
    InvalidScope,
    /// The client may not use this grant type or response type.
    UnauthorizedClient,
    /// The grant type is not known here.
    UnsupportedGrantType,
    /// Tokens of this kind cannot be revoked.
    UnsupportedTokenType,
    /// The access token is missing, wrong or expired (RFC 6750).
    InvalidToken,
    /// The access token lacks a scope (RFC 6750).
    InsufficientScope,
    /// Try again later.
    TemporarilyUnavailable,
    /// A fault of ours.
    ServerError,
}

impl OAuthCode {
    /// The value of the member `error`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidScope => "invalid_scope",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }
}

/// A refused OAuth request. The description is for developers and never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: OAuthCode,
    /// What to do about it.
    pub description: Cow<'static, str>,
    /// Whether tokens were revoked along with it, so that nobody may go on trusting them from memory.
    pub revoked: bool,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: OAuthCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, description: description.into(), revoked: false }
    }

    /// Says that tokens were revoked along with it.
    #[must_use]
    pub fn after_revoking(mut self) -> Self {
        self.revoked = true;
        self
    }

    /// `invalid_grant`.
    pub fn grant(description: &'static str) -> Self {
        Self::new(OAuthCode::InvalidGrant, description)
    }

    /// `invalid_request`.
    pub fn request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(OAuthCode::InvalidRequest, description)
    }

    /// `invalid_scope`.
    pub fn scope(description: &'static str) -> Self {
        Self::new(OAuthCode::InvalidScope, description)
    }

    /// `invalid_client`, the same for every way to fail.
    #[must_use]
    pub fn client() -> Self {
        Self::new(OAuthCode::InvalidClient, "Client authentication failed")
    }
}

/// What the rules of OAuth say. An operation gives `Ok(Err(refusal))` when it is refused
/// and what it did on the way shall stay, such as revoking a family of tokens.
pub type Decision<T> = std::result::Result<T, Refusal>;
