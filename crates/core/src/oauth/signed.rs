//! The two JWTs that clients sign: the request object and the login hint token (platform contract 4.5).
//!
//! A shared-secret signature is made with the client secret's bytes; the
//! previous secret counts as long as the caller offers it. Public-key
//! signatures are checked with the application's key set. `none` is taken for
//! request objects only, and only when the application allows it; such an
//! object never names a user and carries no message.

use std::net::IpAddr;

use serde_json::{Map, Value};

use super::error::{ErrorCode, OAuthError};
use super::request::TemplateChoice;
use crate::jose::Algorithm;
use crate::jose::claims::{Claims, ClaimsError};
use crate::jose::jws::{JwsError, Unverified};
use crate::jose::key::VerifyingKey;
use crate::notify::template::Template;
use crate::time::{Span, Timestamp};

/// How far the client's clock may be off.
pub const LEEWAY: Span = Span::seconds(30);

/// Most variables of a message template.
const MAX_VARIABLES: usize = 50;

/// The keys of the client that may have made a signature, given the token's key id and algorithm: its
/// secrets in force (the current one, and the previous one while it counts), or those of its key set.
pub type ClientKeys<'a> = &'a (dyn Fn(Option<&str>, Algorithm) -> Vec<VerifyingKey> + Sync);

/// Whom a token must come from and be for, and when.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The client id, to be found in `iss`.
    pub client: &'a str,
    /// The issuer of the environment, to be found in `aud`.
    pub issuer: &'a str,
    /// The time.
    pub now: Timestamp,
}

/// What a request object adds to the parameters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ObjectClaims {
    /// `sub`, of a signed object.
    pub subject: Option<String>,
    /// `pi.template`, of a signed object.
    pub template: Option<TemplateChoice>,
    /// `pi.clientContext`.
    pub client_context: Option<Map<String, Value>>,
    /// `pi.remoteIp`, of a signed object.
    pub remote_ip: Option<IpAddr>,
}

/// Verifies a request object. Gives its claims, to overlay the parameters, and what only it can say.
///
/// # Errors
/// `invalid_request_object`, naming the claim at fault.
pub fn request_object(
    token: &str,
    keys: ClientKeys<'_>,
    allow_unsigned: bool,
    expected: Expected<'_>,
) -> Result<(Claims, ObjectClaims), OAuthError> {
    let fault = Fault { parameter: "request", code: ErrorCode::InvalidRequestObject };
    let jws = parse(token, fault)?;
    let signed = jws.header().algorithm != Algorithm::None;
    let claims = if signed {
        verify(&jws, keys, fault)?
    } else if allow_unsigned {
        jws.unsecured_claims().map_err(|error| fault.of_token(&error))?
    } else {
        return Err(fault.because("The application does not take unsigned request objects."));
    };
    check_origin(&claims, expected, fault)?;
    let object = if signed { object_claims(&claims, expected, fault)? } else { ObjectClaims::default() };
    Ok((claims, object))
}

/// Verifies a login hint token. Gives its `sub`: a user id or a user name.
///
/// # Errors
/// `invalid_request`, naming the claim at fault.
pub fn login_hint(token: &str, keys: ClientKeys<'_>, expected: Expected<'_>) -> Result<String, OAuthError> {
    let fault = Fault { parameter: "login_hint_token", code: ErrorCode::InvalidRequest };
    let jws = parse(token, fault)?;
    let claims = verify(&jws, keys, fault)?;
    check_origin(&claims, expected, fault)?;
    if claims.get("exp").is_none() {
        return Err(fault.because("The token must say when it expires.").in_claim("exp"));
    }
    claims
        .subject()
        .filter(|subject| !subject.is_empty() && subject.len() <= 256)
        .map(str::to_owned)
        .ok_or_else(|| fault.because("The token must name a user.").in_claim("sub"))
}

/// The parameter whose JWT is at fault, and the code that says so.
#[derive(Clone, Copy)]
struct Fault {
    parameter: &'static str,
    code: ErrorCode,
}

impl Fault {
    fn because(self, why: impl Into<String>) -> OAuthError {
        OAuthError::new(self.code, self.parameter, why)
    }

    fn of_token(self, error: &JwsError) -> OAuthError {
        self.because(format!("The JWT was refused: {error}."))
    }
}

fn parse(token: &str, fault: Fault) -> Result<Unverified<'_>, OAuthError> {
    let jws = Unverified::parse(token).map_err(|error| fault.of_token(&error))?;
    if jws.header().cty.is_some() {
        return Err(fault.because("The JWT was refused: nested tokens are not accepted."));
    }
    Ok(jws)
}

/// The claims, when one of the client's keys made the signature.
fn verify(jws: &Unverified<'_>, keys: ClientKeys<'_>, fault: Fault) -> Result<Claims, OAuthError> {
    let header = jws.header();
    let mut refusal = JwsError::AlgorithmNotAllowed;
    if Algorithm::SIGNED.contains(&header.algorithm) {
        for key in keys(header.key_id.as_deref(), header.algorithm) {
            match jws.verify(&key, &Algorithm::SIGNED) {
                Ok(claims) => return Ok(claims),
                Err(error) => refusal = error,
            }
        }
    }
    Err(fault.of_token(&refusal))
}

fn check_origin(claims: &Claims, expected: Expected<'_>, fault: Fault) -> Result<(), OAuthError> {
    if claims.issuer() != Some(expected.client) {
        return Err(fault.because("The issuer of the JWT must be the client.").in_claim("iss"));
    }
    if !claims.audience_contains(expected.issuer) {
        return Err(fault
            .because("The audience of the JWT must contain the issuer of this environment.")
            .in_claim("aud"));
    }
    claims.check_times(expected.now, LEEWAY).map_err(|error| {
        let claim = match error {
            ClaimsError::NotYetValid | ClaimsError::WrongType("nbf") => "nbf",
            _ => "exp",
        };
        fault.because(format!("The JWT was refused: {error}.")).in_claim(claim)
    })
}

fn object_claims(claims: &Claims, expected: Expected<'_>, fault: Fault) -> Result<ObjectClaims, OAuthError> {
    let context = match claims.get("pi.clientContext") {
        None | Some(Value::Null) => None,
        Some(Value::Object(context)) => Some(context.clone()),
        Some(_) => {
            return Err(fault.because("The client context must be an object.").in_claim("pi.clientContext"));
        }
    };
    let remote_ip = match claims.get("pi.remoteIp") {
        None | Some(Value::Null) => None,
        Some(value) => Some(value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| {
            fault.because("The remote address must be an IP address.").in_claim("pi.remoteIp")
        })?),
    };
    Ok(ObjectClaims {
        // A client that names itself as the subject names no user.
        subject: claims
            .subject()
            .filter(|subject| !subject.is_empty() && *subject != expected.client)
            .map(str::to_owned),
        template: template(claims, fault)?,
        client_context: context,
        remote_ip,
    })
}

fn template(claims: &Claims, fault: Fault) -> Result<Option<TemplateChoice>, OAuthError> {
    let refuse = |why: &str| fault.because(why).in_claim("pi.template");
    let members = match claims.get("pi.template") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(members)) => members,
        Some(_) => return Err(refuse("The template must be an object.")),
    };
    let name = members
        .get("name")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty())
        .ok_or_else(|| refuse("The template must have a name."))?;
    // Whom the message goes to may be known much later, and then nobody could tell the client.
    if Template::find(name).is_none() {
        return Err(refuse("There is no template of this name."));
    }
    let variant = match members.get("variant") {
        None | Some(Value::Null) => None,
        Some(Value::String(variant)) => Some(variant.clone()),
        Some(_) => return Err(refuse("The variant of the template must be a text.")),
    };
    Ok(Some(TemplateChoice { name: name.to_owned(), variant, variables: variables(members, &refuse)? }))
}

fn variables(
    members: &Map<String, Value>,
    refuse: &dyn Fn(&str) -> OAuthError,
) -> Result<Map<String, Value>, OAuthError> {
    let given = match members.get("variables") {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::Object(given)) => given,
        Some(_) => return Err(refuse("The variables of the template must be an object.")),
    };
    if given.len() > MAX_VARIABLES {
        return Err(refuse("The template has too many variables."));
    }
    given
        .iter()
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name.clone(), Value::String(text.clone()))),
            Value::Number(number) => Ok((name.clone(), Value::String(number.to_string()))),
            Value::Bool(flag) => Ok((name.clone(), Value::String(flag.to_string()))),
            _ => Err(refuse("The variables of the template must be texts.")),
        })
        .collect()
}

#[cfg(test)]
mod tests;
