//! Why an authorization request is refused: the code of RFC 6749 and OpenID Connect, and the parameter at fault.

use crate::problem::Problem;

/// Error codes of the authorization endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the wire names of RFC 6749, 9101 and OpenID Connect Core are the documentation"
)]
pub enum ErrorCode {
    InvalidRequest,
    UnauthorizedClient,
    AccessDenied,
    UnsupportedResponseType,
    InvalidScope,
    ServerError,
    LoginRequired,
    InvalidRequestObject,
    RequestUriNotSupported,
}

impl ErrorCode {
    /// The value of `error`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::LoginRequired => "login_required",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::RequestUriNotSupported => "request_uri_not_supported",
        }
    }
}

/// One fault of an authorization request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.name())]
pub struct OAuthError {
    /// The code.
    pub code: ErrorCode,
    /// The parameter at fault.
    pub target: &'static str,
    /// The claim at fault, when the parameter is a JWT.
    pub claim: Option<&'static str>,
    /// For developers, in English, without secrets.
    pub description: String,
}

impl OAuthError {
    /// A fault of this parameter.
    pub fn new(code: ErrorCode, target: &'static str, description: impl Into<String>) -> Self {
        Self { code, target, claim: None, description: description.into() }
    }

    /// An `invalid_request` about this parameter.
    pub fn invalid(target: &'static str, description: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, target, description)
    }

    /// Names the claim of the JWT.
    #[must_use]
    pub fn in_claim(mut self, claim: &'static str) -> Self {
        self.claim = Some(claim);
        self
    }

    /// The fault as PingOne's error object shows it.
    #[must_use]
    pub fn to_problem(&self) -> Problem {
        let problem = Problem::invalid(self.target, self.description.clone());
        match self.claim {
            Some(claim) => problem.with("claim", claim),
            None => problem,
        }
    }
}
