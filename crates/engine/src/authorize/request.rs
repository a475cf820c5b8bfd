//! Reads an authorization request with the keys and settings of its application.

use postern_core::directory::application::{
    Application, GrantType, PkceEnforcement, Requirement, ResponseType,
};
use postern_core::jose::Algorithm;
use postern_core::oauth::check::{self, Rejection};
use postern_core::oauth::client::{Client as Settings, PkceRule};
use postern_core::oauth::request::AuthorizeRequest;
use postern_core::oauth::signed::{self, Expected, ObjectClaims};
use postern_core::oauth::{ErrorCode, OAuthError, Parameters};

use crate::Ctx;
use crate::clients::Client;

/// A request that its application may make.
#[derive(Debug, Clone)]
pub struct Understood {
    /// The request.
    pub request: AuthorizeRequest,
    /// Whom the login hint token names: an id or a user name.
    pub hint: Option<String>,
}

/// What a request is checked against.
#[must_use]
pub fn client_settings(client: &Client) -> Settings {
    let application = &client.application;
    let answers = |kind| application.response_types.iter().flatten().any(|own| *own == kind);
    let implicit = application.may_use(GrantType::Implicit);
    Settings {
        id: client.id().to_string(),
        redirect_uris: application.redirect_uris.clone().unwrap_or_default(),
        wildcards: application.allow_wildcard_in_redirect_uris == Some(true),
        code: application.may_use(GrantType::AuthorizationCode) && answers(ResponseType::Code),
        token: implicit && answers(ResponseType::Token),
        id_token: implicit && answers(ResponseType::IdToken),
        pkce: pkce_rule(application),
        pushed_only: application.par_requirement == Requirement::Required,
    }
}

fn pkce_rule(application: &Application) -> PkceRule {
    match application.pkce_enforcement {
        PkceEnforcement::Optional => PkceRule::Optional,
        PkceEnforcement::Required => PkceRule::Required,
        PkceEnforcement::S256Required => PkceRule::S256Required,
    }
}

/// Reads the request, its request object and its login hint token.
///
/// # Errors
/// The first fault, and where it is said.
pub fn understand(
    ctx: &Ctx,
    client: &Client,
    mut parameters: Parameters,
) -> Result<Understood, Box<Rejection>> {
    let settings = client_settings(client);
    let object = match request_object(ctx, client, &mut parameters) {
        Ok(object) => object,
        Err(error) => {
            let delivery = check::delivery(&parameters, Some(&settings));
            return Err(Box::new(Rejection { error, delivery }));
        }
    };
    let request = check::check(&parameters, object, &settings)?;
    let hint = match parameters.get("login_hint_token") {
        None => None,
        Some(token) => Some(login_hint(ctx, client, token).map_err(|error| {
            Box::new(Rejection { error, delivery: check::delivery(&parameters, Some(&settings)) })
        })?),
    };
    Ok(Understood { request, hint })
}

fn request_object(
    ctx: &Ctx,
    client: &Client,
    parameters: &mut Parameters,
) -> Result<ObjectClaims, OAuthError> {
    if parameters.get("request_uri").is_some() {
        let why = "Requests by reference are not supported.";
        return Err(OAuthError::new(ErrorCode::RequestUriNotSupported, "request_uri", why));
    }
    let Some(token) = parameters.get("request").map(str::to_owned) else {
        if client.application.needs_signed_requests() {
            return Err(OAuthError::invalid("request", "The application must send a signed request object."));
        }
        return Ok(ObjectClaims::default());
    };
    let unsigned =
        client.application.takes_unsigned_requests() && !client.application.needs_signed_requests();
    let issuer = ctx.urls.issuer(ctx.environment);
    let id = client.id().to_string();
    let keys = |kid: Option<&str>, algorithm: Algorithm| client.verifying_keys(kid, algorithm, ctx.now);
    let expected = Expected { client: &id, issuer: &issuer, now: ctx.now };
    let (claims, object) = signed::request_object(&token, &keys, unsigned, expected)?;
    parameters.overlay(&claims)?;
    Ok(object)
}

fn login_hint(ctx: &Ctx, client: &Client, token: &str) -> Result<String, OAuthError> {
    let issuer = ctx.urls.issuer(ctx.environment);
    let id = client.id().to_string();
    let keys = |kid: Option<&str>, algorithm: Algorithm| client.verifying_keys(kid, algorithm, ctx.now);
    signed::login_hint(token, &keys, Expected { client: &id, issuer: &issuer, now: ctx.now })
}
