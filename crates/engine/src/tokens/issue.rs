//! Turns what was decided into signed tokens.

use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::jose::signing::SigningKey;
use postern_core::secret::Secret;
use serde::Serialize;

use super::claims::{self, Bindings, Person};
use super::{Decision, Granted, SignOn};
use crate::clients::Client;
use crate::{Ctx, Error, Result};

/// Tokens that were decided on and are not signed yet.
#[derive(Debug, Clone)]
pub struct Issuable {
    /// What the access token is good for.
    pub granted: Granted,
    /// The `jti` of the access token.
    pub jti: String,
    /// The user and the sign-on; none for a client's own token.
    pub person: Option<(Stored<User>, SignOn)>,
    /// `nonce` of the request.
    pub nonce: Option<String>,
    /// The refresh token, already stored.
    pub refresh_token: Option<Secret>,
}

/// The answer of the token endpoint.
#[derive(Serialize)]
pub struct TokenAnswer {
    /// A JWT.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// How long the access token lives, in seconds.
    pub expires_in: i64,
    /// Granted scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// A JWT, when `openid` was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// An opaque token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

/// Signs the tokens.
///
/// # Errors
/// [`Error::Internal`] when the key does not sign. A required claim without a value is a [`super::Refusal`].
pub fn sign(
    ctx: &Ctx,
    key: &SigningKey,
    client: &Client,
    issuable: &Issuable,
) -> Result<Decision<TokenAnswer>> {
    let granted = &issuable.granted;
    let person = issuable.person.as_ref().map(|(user, sign_on)| Person { user, sign_on });
    let access_token = access_token(ctx, key, client, granted, &issuable.jti, person.as_ref())?;
    let id_token = match &person {
        Some(person) if granted.has("openid") => {
            let bindings =
                Bindings { nonce: issuable.nonce.as_deref(), access_token: Some(&access_token), code: None };
            match claims::id(ctx, client, &granted.scopes, person, &bindings) {
                Ok(claims) => Some(key.sign(None, &claims).map_err(Error::internal)?),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        _ => None,
    };
    Ok(Ok(TokenAnswer {
        access_token,
        token_type: "Bearer",
        expires_in: claims::seconds(granted.validity),
        scope: (!granted.scopes.is_empty()).then(|| granted.scopes.join(" ")),
        id_token,
        refresh_token: issuable.refresh_token.as_ref().map(|token| token.expose().clone()),
    }))
}

pub(super) fn access_token(
    ctx: &Ctx,
    key: &SigningKey,
    client: &Client,
    granted: &Granted,
    jti: &str,
    person: Option<&Person<'_>>,
) -> Result<String> {
    key.sign(None, &claims::access(ctx, client, granted, jti, person)).map_err(Error::internal)
}
