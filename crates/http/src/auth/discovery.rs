//! What the authorization service of an environment offers (OpenID Connect Discovery, RFC 8414).
//!
//! Only what is built is listed.

use http::Method;
use http::header::CACHE_CONTROL;
use postern_core::jose::Algorithm;
use postern_core::jose::signing::SigningAlgorithm;
use serde_json::{Value, json};

use super::super::web::{Call, Failure, Reply, Route};

/// The same document at both well-known places.
pub(super) fn routes() -> Vec<Route> {
    let route =
        |path, title| Route::new(Method::GET, path, title, discovery).group("OAuth 2 and OpenID Connect");
    vec![
        route("/{envID}/as/.well-known/openid-configuration", "Read OpenID configuration"),
        route("/{envID}/as/.well-known/oauth-authorization-server", "Read authorization server metadata"),
    ]
}

async fn discovery(call: Call) -> Result<Reply, Failure> {
    let algorithms = call.app.signing.algorithms(call.app.db(), &call.ctx).await?;
    let document = document(&call.ctx.urls.issuer(call.ctx.environment), &algorithms);
    Ok(Reply::json(200, &document).header(CACHE_CONTROL, "public, max-age=300"))
}

fn document(issuer: &str, algorithms: &[SigningAlgorithm]) -> Value {
    let algorithms: Vec<&str> = algorithms.iter().map(|algorithm| algorithm.name()).collect();
    let client_methods =
        ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];
    // What clients sign is checked against the same list: request objects and assertions alike.
    let client_algorithms = Algorithm::SIGNED.map(Algorithm::name);
    let object_algorithms = [&[Algorithm::None.name()], client_algorithms.as_slice()].concat();
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "end_session_endpoint": format!("{issuer}/signoff"),
        "introspection_endpoint": format!("{issuer}/introspect"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "claims_parameter_supported": false,
        "request_parameter_supported": true,
        "request_uri_parameter_supported": false,
        "require_pushed_authorization_requests": false,
        "scopes_supported": ["openid", "profile", "email", "address", "phone", "offline_access"],
        "response_types_supported":
            ["code", "token", "id_token", "token id_token", "code id_token", "code token", "code token id_token"],
        "response_modes_supported": ["pi.flow", "query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "implicit", "client_credentials", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algorithms,
        "userinfo_signing_alg_values_supported": ["none"],
        "request_object_signing_alg_values_supported": object_algorithms,
        "token_endpoint_auth_methods_supported": client_methods,
        "token_endpoint_auth_signing_alg_values_supported": client_algorithms,
        "introspection_endpoint_auth_signing_alg_values_supported": client_algorithms,
        "revocation_endpoint_auth_signing_alg_values_supported": client_algorithms,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"],
        "revocation_endpoint_auth_methods_supported": client_methods,
        "claim_types_supported": ["normal"],
        "claims_supported": [
            "sub", "iss", "auth_time", "acr", "amr", "sid", "name", "given_name", "family_name", "middle_name",
            "nickname", "preferred_username", "picture", "zoneinfo", "locale", "phone_number", "updated_at",
            "address", "email", "email_verified",
        ],
        "code_challenge_methods_supported": ["plain", "S256"],
    })
}
