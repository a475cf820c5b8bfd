//! Reads the client's credentials from a request and has them checked.

use std::sync::Arc;

use data_encoding::BASE64;
use http::header::AUTHORIZATION;
use postern_core::ids::ApplicationId;
use postern_core::secret::Secret;
use postern_engine::clients::{Authenticated, Client, Method, Owner, Presented, note_previous_used};
use postern_engine::tokens::Refusal;

use super::super::web::Call;
use super::super::web::call::Pairs;
use super::oauth_error::OAuthError;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The client of the request. `endpoint` is the last part of the called path.
pub(super) async fn client(call: &Call, form: &Pairs, endpoint: &str) -> Result<Arc<Client>, OAuthError> {
    let presented = presented(call, form)?;
    let with_header = is_basic(&presented);
    let failed = |refusal: Refusal| {
        let error = OAuthError::from(refusal);
        if with_header { error.challenging() } else { error }
    };
    let audiences = audiences(call, endpoint);
    let found = call.app.clients.authenticate(call.app.db(), &call.ctx, &presented, &audiences).await?;
    let Authenticated { client, note_previous } = found.map_err(failed)?;
    if note_previous {
        let owner = Owner::Application(client.id());
        call.app
            .write(&call.ctx, owner, |tx, ctx, owner| Box::pin(note_previous_used(tx, ctx, *owner)))
            .await?;
    }
    Ok(client)
}

/// The application that the request says it comes from, proven or not.
pub(super) fn claimed_client(call: &Call, form: &Pairs) -> Option<ApplicationId> {
    let id = match presented(call, form).ok()? {
        Presented::Secret { id, .. } | Presented::Id(id) => Some(id),
        Presented::Assertion { id, .. } => id,
    };
    id?.parse().ok()
}

/// What the request shows of its client.
pub(super) fn presented(call: &Call, form: &Pairs) -> Result<Presented, OAuthError> {
    let id = form.get("client_id");
    let header = call.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(basic);
    let several = || OAuthError::request("The client authenticates in more than one way");
    match (header, form.get("client_secret"), form.get("client_assertion")) {
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => Err(several()),
        (Some(credentials), None, None) => {
            let (own, secret) =
                credentials.map_err(|()| OAuthError::from(Refusal::client()).challenging())?;
            if id.is_some_and(|id| id != own) {
                return Err(several());
            }
            Ok(Presented::Secret { method: Method::Basic, id: own, secret })
        }
        (None, Some(secret), None) => {
            let id = id.ok_or_else(|| OAuthError::request("The parameter client_id is missing"))?;
            Ok(Presented::Secret { method: Method::Post, id: id.to_owned(), secret: secret.into() })
        }
        (None, None, Some(token)) => {
            if form.get("client_assertion_type") != Some(JWT_BEARER) {
                return Err(OAuthError::request("The client_assertion_type is not supported"));
            }
            Ok(Presented::Assertion { id: id.map(str::to_owned), token: token.into() })
        }
        (None, None, None) => match id {
            Some(id) => Ok(Presented::Id(id.to_owned())),
            None => Err(OAuthError::from(Refusal::client()).challenging()),
        },
    }
}

fn is_basic(presented: &Presented) -> bool {
    matches!(presented, Presented::Secret { method: Method::Basic, .. })
}

/// What an assertion may be made for.
fn audiences(call: &Call, endpoint: &str) -> [String; 3] {
    let issuer = call.ctx.urls.issuer(call.ctx.environment);
    [format!("{issuer}/token"), format!("{issuer}/{endpoint}"), issuer]
}

type Credentials = Result<(String, Secret), ()>;

/// Id and secret of a Basic header; nothing for another scheme. Both were form-encoded by the client (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<Credentials> {
    let (scheme, value) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then(|| {
        let bytes = BASE64.decode(value.trim().as_bytes()).map_err(|_| ())?;
        let text = Secret::new(String::from_utf8(bytes).map_err(|_| ())?);
        let (id, secret) = text.expose().split_once(':').ok_or(())?;
        Ok((form_decoded(id)?, Secret::new(form_decoded(secret)?)))
    })
}

/// Decodes one form-encoded value.
fn form_decoded(text: &str) -> Result<String, ()> {
    // An escaped ampersand or equals sign is data; a bare one would end the value.
    let escaped = text.replace('&', "%26").replace('=', "%3D");
    let pair = format!("v={escaped}");
    let value = url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned());
    value.ok_or(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(clear: &str) -> Option<(String, String)> {
        let header = format!("Basic {}", BASE64.encode(clear.as_bytes()));
        let (id, secret) = basic(&header)?.ok()?;
        Some((id, secret.expose().clone()))
    }

    #[test]
    fn id_and_secret_of_a_basic_header_are_form_decoded() {
        let expected = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(read("app:a~b.c_d-e"), expected("app", "a~b.c_d-e"));
        assert_eq!(read("app:a%7Eb+c%2Bd%3A%26"), expected("app", "a~b c+d:&"));
        assert_eq!(read("app:a:b&c=d"), expected("app", "a:b&c=d"));
        assert_eq!(read("app"), None);
    }

    #[test]
    fn other_schemes_are_no_client_credentials() {
        assert!(basic("Bearer abc").is_none());
        assert!(basic("Basic").is_none());
        assert!(basic("basic !!!").is_some_and(|credentials| credentials.is_err()));
    }
}
