//! What an application allows in its authorization requests.

use super::error::{ErrorCode, OAuthError};
use super::redirect;

/// Longest redirect URI of a request, in bytes.
pub const LONGEST_REDIRECT: usize = 2048;

/// Whether a code challenge must be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PkceRule {
    /// It may be.
    #[default]
    Optional,
    /// It must be.
    Required,
    /// It must be, made with S256.
    S256Required,
}

/// The settings of an application that a request is checked against.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The client id: the application's id.
    pub id: String,
    /// Registered redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Whether `*` in a registered URI stands for any text within a label or a path segment.
    pub wildcards: bool,
    /// May ask for `code`.
    pub code: bool,
    /// May ask for `token`.
    pub token: bool,
    /// May ask for `id_token`.
    pub id_token: bool,
    /// Rule for PKCE.
    pub pkce: PkceRule,
    /// Only pushed requests are taken.
    pub pushed_only: bool,
}

impl Client {
    /// Whether an answer may be sent to this URI, which is not longer than [`LONGEST_REDIRECT`].
    #[must_use]
    pub fn may_redirect_to(&self, uri: &str) -> bool {
        uri.len() <= LONGEST_REDIRECT
            && self.redirect_uris.iter().any(|registered| {
                registered == uri
                    || (self.wildcards && registered.contains('*') && redirect::matches(registered, uri))
            })
    }

    /// Checks `redirect_uri`.
    ///
    /// # Errors
    /// `invalid_request` when it is not registered.
    pub(super) fn check_redirect(&self, uri: &str) -> Result<(), OAuthError> {
        if self.may_redirect_to(uri) {
            return Ok(());
        }
        Err(OAuthError::new(ErrorCode::InvalidRequest, "redirect_uri", "Redirect URI mismatch"))
    }
}
