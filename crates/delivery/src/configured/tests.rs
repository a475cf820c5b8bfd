use postern_core::ids::{EnvironmentId, PhoneDeliveryId, SettingsId};
use postern_core::random::Random;
use postern_core::schema::Declared as _;
use postern_core::time::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::settings::{Authentication, OAuth2Grant, PhoneFormat};

struct Vault {
    random: Random,
    keys: KeyRing,
    environment: EnvironmentId,
}

impl Vault {
    fn new() -> Self {
        let random = Random::seeded(17);
        Self { keys: KeyRing::generate(&random), environment: EnvironmentId::new(&random), random }
    }

    fn kept_phone(&self, body: &Value) -> Stored<PhoneDelivery> {
        let (body, secrets) = PhoneDelivery::read(body, None, &[]).unwrap();
        let id = PhoneDeliveryId::new(&self.random);
        let mut record = Stored::new(self.environment, id, Timestamp::default(), body);
        record.body.sealed = delivery_secrets::seal(&self.keys, &self.random, &record, &secrets);
        record
    }

    fn phone(&self, body: &Value) -> Result<ProviderSettings, Unusable> {
        phone(&self.keys, &self.kept_phone(body), None)
    }
}

fn gateway(authentication: &Value) -> Value {
    json!({
        "provider": "CUSTOM_PROVIDER", "name": "Gateway", "authentication": authentication,
        "requests": [{ "deliveryMethod": "SMS", "method": "POST", "url": "https://gateway.example/send",
                       "body": "to=${to}&text=${message}", "phoneNumberFormat": "NUMBER_ONLY" }],
    })
}

#[test]
fn a_gateway_is_known_by_its_opened_secret() {
    let body = gateway(&json!({ "method": "BASIC", "username": "me", "password": "hidden" }));
    let Ok(ProviderSettings::Custom(settings)) = Vault::new().phone(&body) else { panic!("a gateway") };
    let Authentication::Basic { username, password } = settings.authentication else { panic!("basic") };
    assert_eq!((username.as_str(), password.expose().as_str()), ("me", "hidden"));
    assert_eq!(settings.requests[0].phone_format, PhoneFormat::NumberOnly);
}

#[test]
fn a_token_is_got_by_client_credentials_or_an_assertion() {
    let vault = Vault::new();
    let grant = |authentication: Value| {
        let Ok(ProviderSettings::Custom(settings)) = vault.phone(&gateway(&authentication)) else {
            panic!("a gateway")
        };
        let Authentication::OAuth2 { grant, .. } = settings.authentication else { panic!("a token") };
        grant
    };
    let url = "https://gateway.example/token";
    let client = json!({ "method": "OAUTH2", "authUrl": url, "clientId": "c", "clientSecret": "hidden" });
    assert!(
        matches!(grant(client), OAuth2Grant::ClientCredentials { client_secret, .. } if client_secret.expose() == "hidden")
    );
    let assertion =
        json!({ "method": "OAUTH2", "authUrl": url, "grantType": "JWT_BEARER", "assertion": "hidden" });
    assert!(
        matches!(grant(assertion), OAuth2Grant::JwtBearer { assertion } if assertion.expose() == "hidden")
    );
}

#[test]
fn a_messaging_service_must_be_selected() {
    let body = |selected: bool| {
        let service = json!({ "messagingServiceId": format!("MG{}", "1".repeat(32)), "selected": selected });
        json!({ "provider": "CUSTOM_TWILIO_MESSAGING_SERVICE", "sid": format!("AC{}", "0".repeat(32)),
                "authToken": "hidden", "messagingServices": [service] })
    };
    let vault = Vault::new();
    assert!(matches!(vault.phone(&body(true)), Ok(ProviderSettings::Twilio(_))));
    assert!(matches!(vault.phone(&body(false)), Err(Unusable::Incomplete(_))));
    assert!(is_ready(&vault.kept_phone(&body(true))) && !is_ready(&vault.kept_phone(&body(false))));
}

#[test]
fn secrets_of_another_record_do_not_open() {
    let vault = Vault::new();
    let body = gateway(&json!({ "method": "BEARER", "authToken": "hidden" }));
    let (mut one, other) = (vault.kept_phone(&body), vault.kept_phone(&body));
    one.body.sealed = other.body.sealed;
    assert_eq!(phone(&vault.keys, &one, None).unwrap_err(), Unusable::Secrets(OpenError::Refused));
}

#[test]
fn a_mail_server_signs_on_with_its_password() {
    let vault = Vault::new();
    let body = json!({ "host": "mail.example", "port": 587, "username": "me", "password": "hidden",
                       "from": { "name": "Acme", "address": "no-reply@acme.example" } });
    let (body, secrets) = EmailDelivery::read(&body, None, &[]).unwrap();
    let id = SettingsId::new(&vault.random);
    let mut record = Stored::new(vault.environment, id, Timestamp::default(), body);
    assert!(matches!(email(&vault.keys, &record), Err(Unusable::Incomplete(_))));
    record.body.sealed = delivery_secrets::seal(&vault.keys, &vault.random, &record, &secrets);
    let Ok(ProviderSettings::Smtp(settings)) = email(&vault.keys, &record) else { panic!("a server") };
    assert_eq!(settings.credentials.unwrap().1.expose(), "hidden");
    assert_eq!((settings.host.as_str(), settings.port), ("mail.example", 587));
}
