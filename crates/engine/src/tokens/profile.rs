//! Claims that come from the user record: those of the OpenID scopes, and mapped attributes.

use postern_core::directory::resource::ResourceType;
use postern_core::directory::user::{Address, User};
use postern_core::directory::{application_attribute, resource_attribute};
use postern_core::entity::Stored;
use serde_json::{Map, Value, json};

use super::mapping::resolve;
use super::{Decision, Granted, Refusal};
use crate::clients::Client;

/// Where claims go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    IdToken,
    UserInfo,
}

/// What the user information endpoint says about the user, for these scopes of this client.
///
/// # Errors
/// A [`Refusal`] when a required claim has no value.
pub fn user_info(client: &Client, user: &Stored<User>, scopes: &[String]) -> Decision<Map<String, Value>> {
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), json!(user.id));
    claims.extend(user_claims(client, user, scopes, Target::UserInfo)?);
    Ok(claims)
}

/// The claims of the OpenID scopes and those mapped by the client and the openid resource.
pub(super) fn user_claims(
    client: &Client,
    user: &Stored<User>,
    scopes: &[String],
    target: Target,
) -> Decision<Map<String, Value>> {
    let mut claims = scope_claims(user, scopes);
    let source = source(user);
    let openid = client.grants.iter().filter(|grant| grant.resource.kind == ResourceType::OpenIdConnect);
    for grant in openid {
        let asked = grant.scopes.iter().filter(|scope| scopes.contains(&scope.name));
        let mapped: Vec<&String> = asked.flat_map(|scope| scope.mapped_claims.iter().flatten()).collect();
        for attribute in &grant.attributes {
            let id = attribute.id.to_string();
            let wanted = mapped.iter().any(|claim| **claim == id || **claim == attribute.name);
            if wanted
                && goes_to(target, attribute.id_token, attribute.user_info)
                && !is_reserved(&attribute.name)
            {
                insert(&mut claims, &attribute.name, &attribute.value, &source);
            }
        }
    }
    for attribute in &client.attributes {
        let reserved = application_attribute::RESERVED.contains(&attribute.name.as_str());
        if reserved || !goes_to(target, attribute.id_token, attribute.user_info) {
            continue;
        }
        let present = insert(&mut claims, &attribute.name, &attribute.value, &source);
        if attribute.required && !present {
            let why = format!("The required claim {} has no value", attribute.name);
            return Err(Refusal::new(super::OAuthCode::InvalidGrant, why));
        }
    }
    Ok(claims)
}

/// The claims that the custom resources of an access token add.
#[must_use]
pub fn access_claims(client: &Client, user: Option<&Stored<User>>, granted: &Granted) -> Map<String, Value> {
    let mut claims = Map::new();
    let grants = client.grants.iter().filter(|grant| granted.resources.contains(&grant.resource.id));
    let attributes =
        grants.flat_map(|grant| &grant.attributes).filter(|attribute| !is_reserved(&attribute.name));
    let mut attributes = attributes.peekable();
    if attributes.peek().is_none() {
        return claims;
    }
    let source = user.map_or(Value::Null, source);
    for attribute in attributes {
        insert(&mut claims, &attribute.name, &attribute.value, &source);
    }
    claims
}

fn is_reserved(name: &str) -> bool {
    resource_attribute::RESERVED.contains(&name) || name.starts_with("p1.")
}

fn goes_to(target: Target, id_token: Option<bool>, user_info: Option<bool>) -> bool {
    match target {
        Target::IdToken => id_token.unwrap_or(true),
        Target::UserInfo => user_info.unwrap_or(true),
    }
}

fn insert(claims: &mut Map<String, Value>, name: &str, mapping: &str, source: &Value) -> bool {
    let value = resolve(mapping, source);
    let found = value.is_some();
    if let Some(value) = value {
        claims.insert(name.to_owned(), value);
    }
    found
}

/// The user as mappings see it.
fn source(user: &Stored<User>) -> Value {
    let mut members = match serde_json::to_value(&user.body) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    members.insert("id".to_owned(), json!(user.id));
    members.insert("environment".to_owned(), json!({ "id": user.environment }));
    Value::Object(members)
}

/// The claims of the scopes `profile`, `email`, `phone` and `address`; members without a value are left out.
fn scope_claims(user: &Stored<User>, scopes: &[String]) -> Map<String, Value> {
    let mut claims = Map::new();
    for scope in scopes {
        match scope.as_str() {
            "profile" => profile(user, &mut claims),
            "email" => email(user, &mut claims),
            "phone" => {
                put(&mut claims, "phone_number", user.primary_phone.as_ref().or(user.mobile_phone.as_ref()));
            }
            "address" => address(user.address.as_ref(), &mut claims),
            _ => {}
        }
    }
    claims
}

fn profile(user: &Stored<User>, claims: &mut Map<String, Value>) {
    let name = user.name.clone().unwrap_or_default();
    put(claims, "preferred_username", Some(&user.username));
    put(claims, "given_name", name.given.as_ref());
    put(claims, "middle_name", name.middle.as_ref());
    put(claims, "family_name", name.family.as_ref());
    let parts = [&name.given, &name.middle, &name.family].into_iter().filter_map(|part| part.as_deref());
    let joined = parts.collect::<Vec<_>>().join(" ");
    let joined = (!joined.is_empty()).then_some(joined);
    put(claims, "name", name.formatted.as_ref().or(joined.as_ref()));
    put(claims, "nickname", user.nickname.as_ref());
    put(claims, "picture", user.photo.as_ref().map(|photo| &photo.href));
    put(claims, "zoneinfo", user.timezone.as_ref());
    put(claims, "locale", user.locale.as_ref().or(user.preferred_language.as_ref()));
    claims.insert("updated_at".to_owned(), json!(user.updated_at.seconds()));
}

fn email(user: &Stored<User>, claims: &mut Map<String, Value>) {
    put(claims, "email", Some(&user.email));
    if let Some(verified) = user.email_verified {
        claims.insert("email_verified".to_owned(), json!(verified));
    }
}

fn address(address: Option<&Address>, claims: &mut Map<String, Value>) {
    let Some(address) = address else { return };
    let mut members = Map::new();
    put(&mut members, "street_address", address.street_address.as_ref());
    put(&mut members, "locality", address.locality.as_ref());
    put(&mut members, "region", address.region.as_ref());
    put(&mut members, "postal_code", address.postal_code.as_ref());
    put(&mut members, "country", address.country_code.as_ref());
    if !members.is_empty() {
        claims.insert("address".to_owned(), Value::Object(members));
    }
}

fn put(claims: &mut Map<String, Value>, name: &str, value: Option<&String>) {
    if let Some(value) = value {
        claims.insert(name.to_owned(), Value::String(value.clone()));
    }
}
