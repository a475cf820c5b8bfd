//! Which scopes a request gets, and for which audience (platform contract 3.5, 3.6).
//!
//! Scopes that were not granted are left out; when none is left the request is
//! refused. `openid` needs no grant. Scopes of the PingOne API do not combine
//! with those of custom resources.

use postern_core::directory::application::ApplicationType;
use postern_core::directory::resource::{PINGONE_API_AUDIENCE, ResourceType};
use postern_core::ids::ResourceId;
use postern_core::time::Span;

use super::{Decision, OAuthCode, Refusal};
use crate::clients::{Client, ClientGrant};

const OPENID: &str = "openid";
const OFFLINE: &str = "offline_access";
const NONE_GRANTED: &str = "At least one scope must be granted";
const SEVERAL_RESOURCES: &str = "May not request scopes for multiple resources";

/// How long an access token lives whose resource does not say.
const DEFAULT_VALIDITY: Span = Span::hours(1);

/// What a token will be good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The scopes, in the order of the request.
    pub scopes: Vec<String>,
    /// The `aud` of the access token.
    pub audience: Vec<String>,
    /// How long the access token lives.
    pub validity: Span,
    /// The custom resources it is for; none for the PingOne API.
    pub resources: Vec<ResourceId>,
}

impl Granted {
    /// Whether the access token is one for the PingOne API, which is also the one for OpenID scopes alone.
    #[must_use]
    pub fn is_for_api(&self) -> bool {
        self.resources.is_empty()
    }

    /// Whether the scope is among them.
    #[must_use]
    pub fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }
}

/// The scopes of a user's token. Without a request they are those granted to the client, but for
/// `offline_access`, as far as they combine.
///
/// # Errors
/// `invalid_scope` when nothing is left or the scopes do not combine.
pub fn for_user(client: &Client, requested: &[String]) -> Decision<Granted> {
    if requested.is_empty() {
        let all: Vec<String> = std::iter::once(OPENID.to_owned())
            .chain(
                names(&client.grants).filter(|name| *name != OPENID && *name != OFFLINE).map(str::to_owned),
            )
            .collect();
        return granted(client, all).or_else(|_| granted(client, openid_scopes(client)));
    }
    let known =
        |scope: &&String| *scope == OPENID || names(&client.grants).any(|name| name == scope.as_str());
    let scopes: Vec<String> = requested.iter().filter(known).cloned().collect();
    if scopes.is_empty() {
        return Err(Refusal::scope(NONE_GRANTED));
    }
    granted(client, scopes)
}

/// The scopes of a client's own token. A worker that asks for none gets the PingOne API, where its roles decide;
/// others get what was granted on their custom resource.
///
/// # Errors
/// `invalid_scope` when nothing is left or the scopes do not combine.
pub fn for_machine(client: &Client, requested: &[String]) -> Decision<Granted> {
    let custom = || client.grants.iter().filter(|grant| grant.resource.kind == ResourceType::Custom);
    if requested.is_empty() && client.application.kind == ApplicationType::Worker {
        return granted(client, Vec::new());
    }
    let granted_to_it = || custom().flat_map(|grant| grant.scopes.iter().map(|scope| scope.name.as_str()));
    let scopes: Vec<String> = if requested.is_empty() {
        granted_to_it().map(str::to_owned).collect()
    } else {
        requested.iter().filter(|scope| granted_to_it().any(|name| name == scope.as_str())).cloned().collect()
    };
    if scopes.is_empty() {
        return Err(Refusal::scope(NONE_GRANTED));
    }
    granted(client, scopes)
}

/// Whether a refresh token goes with these scopes.
pub(super) fn with_refresh_token(client: &Client, granted: &Granted) -> bool {
    let offline_is_granted = client
        .grants
        .iter()
        .filter(|grant| grant.resource.kind == ResourceType::OpenIdConnect)
        .any(|grant| grant.scopes.iter().any(|scope| scope.name == OFFLINE));
    !offline_is_granted || granted.has(OFFLINE)
}

/// Whether the scopes go on without a session.
pub(super) fn is_offline(scopes: &[String]) -> bool {
    scopes.iter().any(|scope| scope == OFFLINE)
}

fn granted(client: &Client, scopes: Vec<String>) -> Decision<Granted> {
    let named = |grant: &&ClientGrant| grant.scopes.iter().any(|scope| scopes.contains(&scope.name));
    let of_kind = |kind| client.grants.iter().filter(move |grant| grant.resource.kind == kind).filter(named);
    let custom: Vec<&ClientGrant> = of_kind(ResourceType::Custom).collect();
    let several = custom.len() > 1 && !client.application.request_scopes_for_multiple_resources_enabled;
    if several || (!custom.is_empty() && of_kind(ResourceType::PingOneApi).next().is_some()) {
        return Err(Refusal::new(OAuthCode::InvalidScope, SEVERAL_RESOURCES));
    }
    let (audience, validity) = if custom.is_empty() {
        let api = client.api.as_ref();
        let audience =
            api.and_then(|api| api.audience.clone()).unwrap_or_else(|| PINGONE_API_AUDIENCE.to_owned());
        (vec![audience], api.map_or(DEFAULT_VALIDITY, |api| api.access_token_validity()))
    } else {
        let audience = custom.iter().map(|grant| {
            let resource = &grant.resource;
            resource.audience.clone().unwrap_or_else(|| resource.name.clone())
        });
        let shortest = custom.iter().map(|grant| grant.resource.access_token_validity()).min();
        (audience.collect(), shortest.unwrap_or(DEFAULT_VALIDITY))
    };
    let resources = custom.iter().map(|grant| grant.resource.id).collect();
    Ok(Granted { scopes, audience, validity, resources })
}

fn names(grants: &[ClientGrant]) -> impl Iterator<Item = &str> {
    grants.iter().flat_map(|grant| grant.scopes.iter().map(|scope| scope.name.as_str()))
}

fn openid_scopes(client: &Client) -> Vec<String> {
    let grants = client.grants.iter().filter(|grant| grant.resource.kind == ResourceType::OpenIdConnect);
    let granted = grants.flat_map(|grant| grant.scopes.iter().map(|scope| scope.name.clone()));
    std::iter::once(OPENID.to_owned())
        .chain(granted.filter(|name| name != OPENID && name != OFFLINE))
        .collect()
}
