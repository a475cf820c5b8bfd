//! From the settings that an administrator keeps to those a provider is built from.
//!
//! Settings that are not complete give nothing: the chain goes on without them.

use postern_core::notify::Channel;
use postern_core::notify::content::Mailbox;
use postern_core::policy::delivery_authentication::{AuthenticationMethod, DeliveryAuthentication, GatewayGrant};
use postern_core::policy::delivery_request::{DeliveryRequest, PhoneNumberFormat, RequestChannel, RequestMethod};
use postern_core::policy::email_delivery::{EmailDelivery, EmailProtocol};
use postern_core::policy::phone_delivery::{NumberType, PhoneDelivery, PhoneProvider, SenderNumber};
use postern_core::policy::sender::Sender;
use postern_core::schema::Secrets;
use postern_core::secret::Secret;

use crate::settings::{
    self, Authentication, CustomMethod, CustomRequest, CustomSettings, NumberKind, OAuth2Grant, PhoneFormat,
    ProviderSettings, SmtpSecurity, SmtpSettings, TwilioSender, TwilioSettings,
};

/// A gateway for text messages and calls.
#[must_use]
pub fn phone(delivery: &PhoneDelivery, secrets: &Secrets) -> Option<ProviderSettings> {
    let sender = match delivery.provider {
        PhoneProvider::Custom => return custom_phone(delivery, secrets).map(ProviderSettings::Custom),
        PhoneProvider::Twilio => TwilioSender::Numbers(numbers(delivery)),
        PhoneProvider::TwilioMessagingService => {
            TwilioSender::MessagingService(delivery.selected_service()?.messaging_service_id.clone())
        }
    };
    Some(ProviderSettings::Twilio(TwilioSettings {
        account_sid: delivery.sid.clone()?,
        auth_token: secrets.text(&["authToken"])?.into(),
        sender,
        base_url: None,
    }))
}

/// A mail server or gateway.
#[must_use]
pub fn email(delivery: &EmailDelivery, secrets: &Secrets) -> Option<ProviderSettings> {
    let from = mailbox(&delivery.from);
    let reply_to = delivery.reply_to.as_ref().map(mailbox);
    let security = match delivery.protocol {
        EmailProtocol::Http => {
            return Some(ProviderSettings::Custom(CustomSettings {
                name: delivery.name.clone().unwrap_or_default(),
                authentication: authentication(delivery.authentication.as_ref()?, secrets)?,
                requests: requests(delivery.requests.as_deref()),
                numbers: Vec::new(),
                from: Some(from),
                reply_to,
            }));
        }
        EmailProtocol::Smtp | EmailProtocol::Smtps => SmtpSecurity::default(),
    };
    let credentials = match &delivery.username {
        Some(name) => Some((name.clone(), secrets.text(&["password"])?.into())),
        None => None,
    };
    Some(ProviderSettings::Smtp(SmtpSettings {
        host: delivery.host.clone()?,
        port: u16::try_from(delivery.port?).ok()?,
        credentials,
        from,
        reply_to,
        security,
        extra_roots_pem: None,
    }))
}

fn custom_phone(delivery: &PhoneDelivery, secrets: &Secrets) -> Option<CustomSettings> {
    Some(CustomSettings {
        name: delivery.name.clone().unwrap_or_default(),
        authentication: authentication(delivery.authentication.as_ref()?, secrets)?,
        requests: requests(delivery.requests.as_deref()),
        numbers: numbers(delivery),
        from: None,
        reply_to: None,
    })
}

fn authentication(open: &DeliveryAuthentication, secrets: &Secrets) -> Option<Authentication> {
    let secret = |name: &str| secrets.text(&["authentication", name]).map(Secret::from);
    Some(match open.method {
        AuthenticationMethod::Basic => {
            Authentication::Basic { username: open.username.clone()?, password: secret("password")? }
        }
        AuthenticationMethod::Bearer => Authentication::Bearer { token: secret("authToken")? },
        AuthenticationMethod::CustomHeader => {
            Authentication::Header { name: open.header_name.clone()?, value: secret("headerValue")? }
        }
        AuthenticationMethod::OAuth2 => Authentication::OAuth2 {
            token_url: open.auth_url.clone()?,
            grant: match open.grant_type {
                Some(GatewayGrant::JwtBearer) => OAuth2Grant::JwtBearer { assertion: secret("assertion")? },
                _ => OAuth2Grant::ClientCredentials {
                    client_id: open.client_id.clone()?,
                    client_secret: secret("clientSecret")?,
                },
            },
            scopes: open.scopes.clone().unwrap_or_default(),
        },
    })
}

fn requests(requests: Option<&[DeliveryRequest]>) -> Vec<CustomRequest> {
    requests.unwrap_or_default().iter().map(request).collect()
}

fn request(request: &DeliveryRequest) -> CustomRequest {
    CustomRequest {
        channel: match request.delivery_method {
            RequestChannel::Sms => Channel::Sms,
            RequestChannel::Voice => Channel::Voice,
            RequestChannel::Email => Channel::Email,
        },
        method: match request.method {
            RequestMethod::Get => CustomMethod::Get,
            RequestMethod::Post => CustomMethod::Post,
        },
        url: request.url.clone(),
        headers: request.headers.clone().into_iter().flatten().collect(),
        body: request.body.clone(),
        phone_format: match request.phone_number_format {
            Some(PhoneNumberFormat::NumberOnly) => PhoneFormat::NumberOnly,
            _ => PhoneFormat::Full,
        },
        before_tag: request.before_tag.clone(),
        after_tag: request.after_tag.clone(),
    }
}

fn numbers(delivery: &PhoneDelivery) -> Vec<settings::SenderNumber> {
    delivery.numbers.iter().flatten().map(number).collect()
}

fn number(number: &SenderNumber) -> settings::SenderNumber {
    settings::SenderNumber {
        number: number.number.clone(),
        kind: match number.kind {
            NumberType::PhoneNumber => NumberKind::PhoneNumber,
            NumberType::TollFree => NumberKind::TollFree,
            NumberType::ShortCode => NumberKind::ShortCode,
        },
        selected: number.selected == Some(true),
        sms: number.serves(RequestChannel::Sms),
        voice: number.serves(RequestChannel::Voice),
        countries: number.supported_countries.clone(),
    }
}

fn mailbox(sender: &Sender) -> Mailbox {
    Mailbox { name: sender.name.clone(), address: sender.address.clone() }
}

#[cfg(test)]
mod tests {
    use postern_core::schema::Declared as _;
    use serde_json::{Value, json};

    use super::*;

    fn built(body: &Value) -> Option<ProviderSettings> {
        let (delivery, secrets) = PhoneDelivery::read(body, None, &[]).unwrap();
        phone(&delivery, &secrets)
    }

    #[test]
    fn a_custom_gateway_is_built_with_its_secret() {
        let body = json!({
            "provider": "CUSTOM_PROVIDER", "name": "Gateway",
            "authentication": { "method": "BASIC", "username": "me", "password": "hidden" },
            "requests": [{ "deliveryMethod": "SMS", "method": "POST", "url": "https://gateway.example/send",
                           "body": "to=${to}&text=${message}", "phoneNumberFormat": "NUMBER_ONLY" }],
        });
        let Some(ProviderSettings::Custom(settings)) = built(&body) else { panic!("a gateway") };
        let Authentication::Basic { username, password } = settings.authentication else { panic!("basic") };
        assert_eq!((username.as_str(), password.expose().as_str()), ("me", "hidden"));
        assert_eq!(settings.requests[0].phone_format, PhoneFormat::NumberOnly);
    }

    #[test]
    fn a_messaging_service_must_be_selected() {
        let body = |selected: bool| {
            json!({
                "provider": "CUSTOM_TWILIO_MESSAGING_SERVICE", "sid": format!("AC{}", "0".repeat(32)), "authToken": "hidden",
                "messagingServices": [{ "messagingServiceId": format!("MG{}", "1".repeat(32)), "selected": selected }],
            })
        };
        assert!(matches!(built(&body(true)), Some(ProviderSettings::Twilio(_))));
        assert!(built(&body(false)).is_none());
    }

    #[test]
    fn a_mail_server_signs_on_with_its_password() {
        let body = json!({ "host": "mail.example", "port": 587, "username": "me", "password": "hidden",
                           "from": { "name": "Acme", "address": "no-reply@acme.example" } });
        let (delivery, secrets) = EmailDelivery::read(&body, None, &[]).unwrap();
        let Some(ProviderSettings::Smtp(settings)) = email(&delivery, &secrets) else { panic!("a server") };
        assert_eq!(settings.credentials.unwrap().1.expose(), "hidden");
        assert_eq!((settings.host.as_str(), settings.port), ("mail.example", 587));
        assert!(email(&delivery, &Secrets::default()).is_none());
    }
}
