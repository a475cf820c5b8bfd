//! A customer's gateway: how it knows us, and what it is asked.

use postern_core::notify::Channel;
use postern_core::policy::delivery_authentication::{
    AuthenticationMethod, DeliveryAuthentication, GatewayGrant,
};
use postern_core::policy::delivery_request::{
    DeliveryRequest, PhoneNumberFormat, RequestChannel, RequestMethod,
};
use postern_core::schema::Secrets;

use super::{Unusable, secret};
use crate::settings::{
    Authentication, CustomMethod, CustomRequest, CustomSettings, OAuth2Grant, PhoneFormat,
};

/// The parts that gateways for phones and for mail have in common.
pub(super) fn settings(
    name: &str,
    authentication: Option<&DeliveryAuthentication>,
    requests: Option<&[DeliveryRequest]>,
    secrets: &Secrets,
) -> Result<CustomSettings, Unusable> {
    let authentication = authentication.ok_or(Unusable::Incomplete("the authentication is missing"))?;
    Ok(CustomSettings {
        name: name.to_owned(),
        authentication: credentials(authentication, secrets)?,
        requests: requests.unwrap_or_default().iter().map(request).collect(),
        numbers: Vec::new(),
        from: None,
        reply_to: None,
    })
}

fn credentials(open: &DeliveryAuthentication, secrets: &Secrets) -> Result<Authentication, Unusable> {
    let hidden = |name| secret(secrets, &["authentication", name]);
    Ok(match open.method {
        AuthenticationMethod::Basic => {
            Authentication::Basic { username: needed(open.username.as_ref())?, password: hidden("password")? }
        }
        AuthenticationMethod::Bearer => Authentication::Bearer { token: hidden("authToken")? },
        AuthenticationMethod::CustomHeader => {
            Authentication::Header { name: needed(open.header_name.as_ref())?, value: hidden("headerValue")? }
        }
        AuthenticationMethod::OAuth2 => Authentication::OAuth2 {
            token_url: needed(open.auth_url.as_ref())?,
            grant: match open.grant_type {
                Some(GatewayGrant::JwtBearer) => OAuth2Grant::JwtBearer { assertion: hidden("assertion")? },
                _ => OAuth2Grant::ClientCredentials {
                    client_id: needed(open.client_id.as_ref())?,
                    client_secret: hidden("clientSecret")?,
                },
            },
            scopes: open.scopes.clone().unwrap_or_default(),
        },
    })
}

fn needed(member: Option<&String>) -> Result<String, Unusable> {
    member.cloned().ok_or(Unusable::Incomplete("the authentication lacks a member"))
}

fn request(stored: &DeliveryRequest) -> CustomRequest {
    CustomRequest {
        channel: match stored.delivery_method {
            RequestChannel::Sms => Channel::Sms,
            RequestChannel::Voice => Channel::Voice,
            RequestChannel::Email => Channel::Email,
        },
        method: match stored.method {
            RequestMethod::Get => CustomMethod::Get,
            RequestMethod::Post => CustomMethod::Post,
        },
        url: stored.url.clone(),
        headers: stored.headers.iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect(),
        body: stored.body.clone(),
        phone_format: match stored.phone_number_format {
            Some(PhoneNumberFormat::NumberOnly) => PhoneFormat::NumberOnly,
            Some(PhoneNumberFormat::Full) | None => PhoneFormat::Full,
        },
        before_tag: stored.before_tag.clone(),
        after_tag: stored.after_tag.clone(),
    }
}
