//! How a gateway's token endpoint is asked for an access token.

use postern_core::secret::Secret;
use url::Url;

use crate::http::{Call, OutboundError};
use crate::settings::OAuth2Grant;

/// The request for a token.
pub(super) fn request(
    token_url: &str,
    grant: &OAuth2Grant,
    scopes: &[String],
) -> Result<Call, OutboundError> {
    let call = Call::post(Url::parse(token_url).map_err(|_| OutboundError::Malformed)?);
    let call = call.header("accept", "application/json")?;
    let scope = scopes.join(" ");
    let mut form = match grant {
        OAuth2Grant::ClientCredentials { .. } => vec![("grant_type", "client_credentials")],
        OAuth2Grant::JwtBearer { assertion } => vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion.expose().as_str()),
        ],
    };
    if !scope.is_empty() {
        form.push(("scope", &scope));
    }
    let call = call.form(&form);
    Ok(match grant {
        // RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
        OAuth2Grant::ClientCredentials { client_id, client_secret } => {
            call.basic(&form_encoded(client_id), &Secret::new(form_encoded(client_secret.expose())))
        }
        OAuth2Grant::JwtBearer { .. } => call,
    })
}

fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
