//! Checks an authorization request against its application (platform contract 4.3).
//!
//! The redirect URI comes first: until it is known to be the application's, no
//! answer may be sent there.

use super::answer::Delivery;
use super::client::{Client, PkceRule};
use super::error::{ErrorCode, OAuthError};
use super::parameters::Parameters;
use super::request::{AuthorizeRequest, Challenge, Prompt, ResponseMode, ResponseType};
use super::signed::ObjectClaims;
use crate::pkce::{self, ChallengeMethod};

/// A request that was refused, and where that is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Why.
    pub error: OAuthError,
    /// To whom.
    pub delivery: Delivery,
}

/// Where an answer to these parameters goes, as far as they can be trusted.
#[must_use]
pub fn delivery(parameters: &Parameters, client: Option<&Client>) -> Delivery {
    let mode = parameters.get("response_mode").and_then(ResponseMode::from_name);
    if mode == Some(ResponseMode::Flow) {
        return Delivery::Flow;
    }
    let uri =
        parameters.get("redirect_uri").filter(|uri| client.is_some_and(|client| client.may_redirect_to(uri)));
    let Some(uri) = uri else { return Delivery::Page };
    let types = response_type(parameters).unwrap_or(ResponseType::CODE);
    let mode = match mode {
        Some(ResponseMode::Query) | None if types.has_tokens() => ResponseMode::Fragment,
        Some(mode) => mode,
        None => ResponseMode::Query,
    };
    Delivery::Redirect { uri: uri.to_owned(), mode, state: parameters.get("state").map(str::to_owned) }
}

/// Reads a request. `object` holds what a request object adds; its parameters are already in `parameters`.
///
/// # Errors
/// The first fault, and where it is said.
pub fn check(
    parameters: &Parameters,
    object: ObjectClaims,
    client: &Client,
) -> Result<AuthorizeRequest, Box<Rejection>> {
    read(parameters, object, client)
        .map_err(|error| Box::new(Rejection { error, delivery: delivery(parameters, Some(client)) }))
}

fn read(
    parameters: &Parameters,
    object: ObjectClaims,
    client: &Client,
) -> Result<AuthorizeRequest, OAuthError> {
    let response_mode = match parameters.get("response_mode") {
        None => None,
        Some(name) => Some(
            ResponseMode::from_name(name)
                .ok_or_else(|| OAuthError::invalid("response_mode", "The response mode is not supported."))?,
        ),
    };
    let redirect_uri = parameters.text("redirect_uri")?;
    match &redirect_uri {
        Some(uri) => client.check_redirect(uri)?,
        None if response_mode == Some(ResponseMode::Flow) => {}
        None => return Err(OAuthError::invalid("redirect_uri", "The redirect URI is missing.")),
    }
    if client.pushed_only {
        return Err(OAuthError::invalid(
            "request_uri",
            "The application takes pushed authorization requests only.",
        ));
    }
    let response_type = response_type(parameters)?;
    may_ask(response_type, client)?;
    let response_mode = match response_mode {
        Some(ResponseMode::Query) if response_type.has_tokens() => {
            return Err(OAuthError::invalid("response_mode", "Tokens cannot be sent in a query."));
        }
        Some(mode) => mode,
        None if response_type.has_tokens() => ResponseMode::Fragment,
        None => ResponseMode::Query,
    };
    let scope = parameters.words("scope")?;
    let nonce = parameters.text("nonce")?;
    if response_type.id_token {
        if !scope.iter().any(|scope| scope == "openid") {
            return Err(OAuthError::new(
                ErrorCode::InvalidScope,
                "scope",
                "An ID token needs the scope openid.",
            ));
        }
        if nonce.is_none() {
            return Err(OAuthError::invalid(
                "nonce",
                "An ID token in the authorization response needs a nonce.",
            ));
        }
    }
    Ok(AuthorizeRequest {
        response_type,
        response_mode,
        redirect_uri,
        scope,
        state: parameters.text("state")?,
        nonce,
        challenge: challenge(parameters, client, response_type)?,
        acr_values: parameters.words("acr_values")?,
        prompt: prompt(parameters)?,
        max_age: max_age(parameters)?,
        login_hint: parameters.text("login_hint")?,
        subject: object.subject,
        template: object.template,
        client_context: object.client_context,
        remote_ip: object.remote_ip,
    })
}

fn response_type(parameters: &Parameters) -> Result<ResponseType, OAuthError> {
    let words = parameters.words("response_type")?;
    if words.is_empty() {
        return Err(OAuthError::invalid("response_type", "The response type is missing."));
    }
    let mut types = ResponseType::default();
    for word in words {
        match word.as_str() {
            "code" => types.code = true,
            "token" => types.token = true,
            "id_token" => types.id_token = true,
            _ => {
                let why = "The response type is not supported.";
                return Err(OAuthError::new(ErrorCode::UnsupportedResponseType, "response_type", why));
            }
        }
    }
    Ok(types)
}

fn may_ask(types: ResponseType, client: &Client) -> Result<(), OAuthError> {
    let allowed = (client.code || !types.code)
        && (client.token || !types.token)
        && (client.id_token || !types.id_token);
    if allowed {
        return Ok(());
    }
    let why = "The application may not use this response type.";
    Err(OAuthError::new(ErrorCode::UnauthorizedClient, "response_type", why))
}

fn challenge(
    parameters: &Parameters,
    client: &Client,
    types: ResponseType,
) -> Result<Option<Challenge>, OAuthError> {
    let method = match parameters.get("code_challenge_method") {
        None => ChallengeMethod::Plain,
        Some(name) => ChallengeMethod::from_name(name)
            .ok_or_else(|| OAuthError::invalid("code_challenge_method", "The method is not supported."))?,
    };
    let Some(value) = parameters.text("code_challenge")? else {
        if types.code && client.pkce != PkceRule::Optional {
            return Err(OAuthError::invalid("code_challenge", "The application requires PKCE."));
        }
        if parameters.get("code_challenge_method").is_some() {
            return Err(OAuthError::invalid("code_challenge", "A method is sent without a challenge."));
        }
        return Ok(None);
    };
    if !pkce::is_well_formed(&value) {
        return Err(OAuthError::invalid(
            "code_challenge",
            "The challenge must be 43 to 128 unreserved characters.",
        ));
    }
    if client.pkce == PkceRule::S256Required && method != ChallengeMethod::S256 {
        return Err(OAuthError::invalid(
            "code_challenge_method",
            "The application requires the method S256.",
        ));
    }
    Ok(Some(Challenge { value, method }))
}

fn prompt(parameters: &Parameters) -> Result<Prompt, OAuthError> {
    let words = parameters.words("prompt")?;
    let has = |name: &str| words.iter().any(|word| word == name);
    if words.iter().any(|word| !["none", "login", "consent", "select_account"].contains(&word.as_str())) {
        return Err(OAuthError::invalid("prompt", "The value is not supported."));
    }
    match (has("none"), words.len()) {
        (true, 1) => Ok(Prompt::None),
        (true, _) => Err(OAuthError::invalid("prompt", "none cannot be combined with other values.")),
        (false, _) if has("login") => Ok(Prompt::Login),
        (false, _) => Ok(Prompt::Auto),
    }
}

fn max_age(parameters: &Parameters) -> Result<Option<i64>, OAuthError> {
    let Some(text) = parameters.text("max_age")? else { return Ok(None) };
    match text.parse::<i64>() {
        Ok(seconds) if seconds >= 0 => Ok(Some(seconds)),
        _ => Err(OAuthError::invalid("max_age", "The value must be a number of seconds.")),
    }
}

#[cfg(test)]
mod tests;
