//! The client-credentials grant.

use postern_core::directory::application::GrantType;

use super::{Decision, Issuable, OAuthCode, Refusal, for_machine};
use crate::Ctx;
use crate::clients::Client;

/// Decides on a client's own token. Reads and writes nothing.
///
/// # Errors
/// `unauthorized_client` when the client may not use the grant; `invalid_scope`.
pub fn client_credentials(ctx: &Ctx, client: &Client, scopes: &[String]) -> Decision<Issuable> {
    if !client.allows(GrantType::ClientCredentials) {
        let why = "The application may not use the grant type client_credentials";
        return Err(Refusal::new(OAuthCode::UnauthorizedClient, why));
    }
    Ok(Issuable {
        granted: for_machine(client, scopes)?,
        jti: ctx.random.uuid().to_string(),
        person: None,
        nonce: None,
        refresh_token: None,
    })
}
