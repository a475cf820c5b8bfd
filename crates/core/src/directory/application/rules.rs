//! Rules that tie the members of an application together.

use url::Url;

use super::{
    Application, ApplicationType, CorsBehavior, GrantType, ResponseType, TokenAuthMethod, connections,
};
use crate::problem::{Code, Problem};
use crate::schema::Secrets;

/// Schemes that run code or read files where a link should be.
const DANGEROUS_SCHEMES: [&str; 5] = ["javascript", "data", "vbscript", "file", "blob"];

pub(super) fn problems(application: &Application) -> Vec<Problem> {
    if !application.is_client() {
        return connections::problems(application);
    }
    let mut problems = Vec::new();
    response_types(application, &mut problems);
    authentication(application, &mut problems);
    redirects(application, &mut problems);
    request_objects(application, &mut problems);
    cors(application, &mut problems);
    if application.mobile.is_some() && application.kind != ApplicationType::NativeApp {
        problems.push(Problem::invalid("mobile", "belongs to applications of type NATIVE_APP"));
    }
    problems
}

fn response_types(application: &Application, problems: &mut Vec<Problem>) {
    let code = application.may_use(GrantType::AuthorizationCode);
    let implicit = application.may_use(GrantType::Implicit);
    let answers = application.response_types.as_deref().unwrap_or_default();
    if !code && !implicit {
        return;
    }
    if answers.is_empty() {
        problems.push(Problem::required("responseTypes"));
        return;
    }
    if code && !answers.contains(&ResponseType::Code) {
        problems.push(Problem::invalid(
            "responseTypes",
            "must contain CODE, as grantTypes contains AUTHORIZATION_CODE",
        ));
    }
    if implicit && answers.iter().all(|answer| *answer == ResponseType::Code) {
        problems.push(Problem::invalid(
            "responseTypes",
            "must contain TOKEN or ID_TOKEN, as grantTypes contains IMPLICIT",
        ));
    }
}

fn authentication(application: &Application, problems: &mut Vec<Problem>) {
    let method = application.token_endpoint_auth_method;
    if application.may_use(GrantType::ClientCredentials) && method == TokenAuthMethod::None {
        let message = "must not be NONE, as grantTypes contains CLIENT_CREDENTIALS";
        problems.push(Problem::invalid("tokenEndpointAuthMethod", message));
    }
    if method == TokenAuthMethod::PrivateKeyJwt
        && application.jwks.is_none()
        && application.jwks_url.is_none()
    {
        let message = "jwks or jwksUrl must be present with PRIVATE_KEY_JWT";
        problems.push(Problem::new(Code::RequiredValue, message).at("jwks"));
    }
}

fn redirects(application: &Application, problems: &mut Vec<Problem>) {
    let wildcards = application.allow_wildcard_in_redirect_uris == Some(true);
    let lists = [
        ("redirectUris", &application.redirect_uris),
        ("postLogoutRedirectUris", &application.post_logout_redirect_uris),
    ];
    for (name, uris) in lists {
        for (place, uri) in uris.iter().flatten().enumerate() {
            if let Some(message) = redirect_fault(uri, wildcards) {
                problems.push(Problem::invalid(&format!("{name}[{place}]"), message));
            }
        }
    }
}

fn redirect_fault(uri: &str, wildcards: bool) -> Option<&'static str> {
    let Ok(url) = Url::parse(uri) else {
        return Some("must be an absolute URL");
    };
    let web = matches!(url.scheme(), "http" | "https");
    if uri.contains(char::is_whitespace) || (web && !url.has_host()) {
        Some("must be an absolute URL")
    } else if DANGEROUS_SCHEMES.contains(&url.scheme()) {
        Some("must not have a scheme that runs code or reads files")
    } else if url.fragment().is_some() {
        Some("must not have a fragment")
    } else if uri.contains('*') && !wildcards {
        Some("must not contain * unless allowWildcardInRedirectUris is true")
    } else {
        None
    }
}

fn request_objects(application: &Application, problems: &mut Vec<Problem>) {
    if application.needs_signed_requests() && application.takes_unsigned_requests() {
        let message = "must not be true together with supportUnsignedRequestObject";
        problems.push(Problem::invalid("requireSignedRequestObject", message));
    }
}

fn cors(application: &Application, problems: &mut Vec<Problem>) {
    let Some(settings) = &application.cors_settings else {
        return;
    };
    let origins = settings.origins.as_deref().unwrap_or_default();
    match settings.behavior {
        CorsBehavior::NoOrigins if !origins.is_empty() => {
            problems.push(Problem::invalid("corsSettings.origins", "must be empty with ALLOW_NO_ORIGINS"));
        }
        CorsBehavior::SpecificOrigins if origins.is_empty() => {
            problems.push(Problem::required("corsSettings.origins"));
        }
        _ => {}
    }
}

pub(super) fn secret_problems(application: &Application, secrets: &Secrets) -> Vec<Problem> {
    const GOOGLE: [&str; 3] = ["mobile", "integrityDetection", "googlePlay"];
    let detection = application.mobile.as_ref().and_then(|mobile| mobile.integrity_detection.as_ref());
    let google = detection.and_then(|detection| detection.google_play.as_ref());
    let needed: &[&str] = match google.and_then(|google| google.get("verificationType")?.as_str()) {
        Some("GOOGLE") => &["serviceAccountCredentials"],
        Some(_) => &["decryptionKey", "verificationKey"],
        None => &[],
    };
    let [mobile, integrity, play] = GOOGLE;
    let missing = needed.iter().filter(|name| secrets.text(&[mobile, integrity, play, name]).is_none());
    missing.map(|name| Problem::required(&format!("{}.{name}", GOOGLE.join(".")))).collect()
}
