//! Tokens that travel in the authorization response: response types `token` and `id_token`, alone or with `code`.

use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::jose::signing::SigningKey;
use postern_core::oauth::request::ResponseType;
use postern_core::secret::Secret;

use super::claims::{self, Bindings, Person};
use super::issue::access_token;
use super::{Decision, SignOn, for_user};
use crate::clients::Client;
use crate::{Ctx, Error, Result};

/// What such an answer is made from.
pub struct Implicit<'a> {
    /// The client.
    pub client: &'a Client,
    /// The user.
    pub user: &'a Stored<User>,
    /// How it signed on, and the scopes of the request.
    pub sign_on: &'a SignOn,
    /// What the answer carries.
    pub response_type: ResponseType,
    /// `nonce` of the request.
    pub nonce: Option<&'a str>,
    /// The code in the same answer, which the ID token is then tied to.
    pub code: Option<&'a str>,
}

/// The tokens of an authorization response.
#[derive(Debug, Clone)]
pub struct ImplicitTokens {
    /// With the response type `token`.
    pub access_token: Option<Secret>,
    /// How long the access token lives, in seconds.
    pub expires_in: i64,
    /// Granted scopes.
    pub scope: String,
    /// With the response type `id_token`.
    pub id_token: Option<Secret>,
}

/// Signs the tokens of an authorization response. Calling it again gives other tokens.
///
/// # Errors
/// [`Error::Internal`] when the key does not sign. Scopes or claims that are not to be had are a [`super::Refusal`].
pub fn implicit(ctx: &Ctx, key: &SigningKey, request: &Implicit<'_>) -> Result<Decision<ImplicitTokens>> {
    let Implicit { client, user, sign_on, response_type, nonce, code } = *request;
    let granted = match for_user(client, &sign_on.scopes) {
        Ok(granted) => granted,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let person = Person { user, sign_on };
    let access = if response_type.token {
        let jti = ctx.random.uuid().to_string();
        Some(access_token(ctx, key, client, &granted, &jti, Some(&person))?)
    } else {
        None
    };
    let id_token = if response_type.id_token {
        let bindings = Bindings { nonce, access_token: access.as_deref(), code };
        match claims::id(ctx, client, &granted.scopes, &person, &bindings) {
            Ok(claims) => Some(key.sign(None, &claims).map_err(Error::internal)?),
            Err(refusal) => return Ok(Err(refusal)),
        }
    } else {
        None
    };
    let expires_in = claims::seconds(granted.validity);
    let scope = granted.scopes.join(" ");
    let (access_token, id_token) = (access.map(Secret::new), id_token.map(Secret::new));
    Ok(Ok(ImplicitTokens { access_token, expires_in, scope, id_token }))
}
