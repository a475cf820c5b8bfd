//! Email delivery settings: the customer's mail server or mail gateway. One record per environment.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::delivery_authentication::{DeliveryAuthentication, authentication};
use super::delivery_request::{self, DeliveryRequest, email_requests};
use super::sender::{Sender, sender};
use crate::entity::Entity;
use crate::ids::SettingsId;
use crate::problem::Problem;
use crate::schema::{Declared, Field, Object, Secrets, integer, object, one_of, sealed, text, words};
use crate::secret::Sealed;

words! {
    /// How mail leaves.
    pub enum EmailProtocol {
        Smtp = "SMTP",
        Smtps = "SMTPS",
        Http = "HTTP",
    }
}

/// What every request to a gateway must carry.
const VARIABLES: &[&str] = &["${from}", "${to}", "${message}"];
/// Ports where the connection begins in clear and is then encrypted.
const STARTTLS_PORTS: [i64; 3] = [25, 587, 2525];

/// The email delivery settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailDelivery {
    /// How mail leaves: by the port of a mail server, or `HTTP` to a gateway.
    pub protocol: EmailProtocol,
    /// The mail server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<i64>,
    /// Who signs on to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Name of a gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `CUSTOM_PROVIDER` of a gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// How requests to a gateway are authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication: Option<DeliveryAuthentication>,
    /// The request to a gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<Vec<DeliveryRequest>>,
    /// Who mails are from.
    pub from: Sender,
    /// Who gets the answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Sender>,
    /// Its secrets, sealed. Never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
}

impl Entity for EmailDelivery {
    type Id = SettingsId;
    const KIND: &'static str = "EMAIL_DELIVERY_SETTINGS";
}

impl Declared for EmailDelivery {
    /// The mail server; a gateway has its own declaration, see [`Declared::schema_for`].
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let server = vec![
                one_of("protocol", EmailProtocol::WORDS).read_only(),
                text("host").required().max(253).pattern("a host name or address", is_host),
                integer("port", 1, 65_535).default(465),
                text("username").max(256),
                text("password").secret(),
            ];
            object([server, both_forms()].concat())
        });
        &SCHEMA
    }

    fn schema_for(input: &Value, _old: Option<&Map<String, Value>>) -> &'static Object {
        let says = |name: &str, word: &str| input.get(name).and_then(Value::as_str) == Some(word);
        if says("protocol", "HTTP") || says("provider", "CUSTOM_PROVIDER") {
            gateway_schema()
        } else {
            Self::schema()
        }
    }

    fn fill(checked: &mut Map<String, Value>) {
        let protocol = match checked.get("port").and_then(Value::as_i64) {
            Some(port) if STARTTLS_PORTS.contains(&port) => EmailProtocol::Smtp,
            Some(_) => EmailProtocol::Smtps,
            None => EmailProtocol::Http,
        };
        checked.insert("protocol".to_owned(), Value::from(protocol.as_str()));
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        problems.extend(self.authentication.iter().flat_map(DeliveryAuthentication::problems));
        problems.extend(delivery_request::problems(self.requests.as_deref().unwrap_or_default(), VARIABLES));
        problems
    }

    fn secret_problems(&self, secrets: &Secrets) -> Vec<Problem> {
        if let Some(authentication) = &self.authentication {
            return authentication.secret_problems(secrets);
        }
        let missing = self.username.is_some() && secrets.text(&["password"]).is_none();
        missing.then(|| Problem::required("password")).into_iter().collect()
    }
}

/// The body of a gateway.
#[must_use]
pub fn gateway_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        let gateway = vec![
            one_of("protocol", &["HTTP"]).required(),
            text("name").required().max(256),
            one_of("provider", &["CUSTOM_PROVIDER"]).default("CUSTOM_PROVIDER"),
            authentication().required(),
            email_requests().required(),
        ];
        object([gateway, both_forms()].concat())
    });
    &SCHEMA
}

fn both_forms() -> Vec<Field> {
    vec![sender("from").required(), sender("replyTo"), sealed()]
}

fn is_host(text: &str) -> bool {
    url::Host::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;
    use serde_json::json;

    fn server() -> Value {
        json!({"host": "smtp.acme.example", "port": 587, "username": "mailer", "password": "s3cret",
               "from": {"name": "Acme", "address": "no-reply@acme.example"}})
    }

    fn gateway() -> Value {
        json!({"protocol": "HTTP", "name": "Acme mail", "provider": "CUSTOM_PROVIDER",
               "authentication": {"method": "CUSTOM_HEADER", "headerName": "X-Key", "headerValue": "k"},
               "requests": [{"deliveryMethod": "EMAIL", "method": "POST", "url": "https://gw.example/mail",
                             "headers": {"content-type": "application/json"},
                             "body": "{\"from\":\"${from}\",\"to\":\"${to}\",\"html\":\"${message}\"}"}],
               "from": {"address": "no-reply@acme.example"}})
    }

    #[test]
    fn a_mail_server_is_echoed_without_its_password() {
        let (delivery, secrets) = EmailDelivery::read(&server(), None, &[]).unwrap();
        assert_eq!(secrets.text(&["password"]), Some("s3cret"));
        assert!(delivery.secret_problems(&secrets).is_empty());
        assert_eq!(delivery.secret_problems(&Secrets::default()).len(), 1);
        let mut expected = server();
        expected.as_object_mut().unwrap().remove("password");
        expected["protocol"] = json!("SMTP");
        assert_eq!(serde_json::to_value(delivery).unwrap(), expected);
    }

    #[test]
    fn the_port_decides_how_the_connection_is_encrypted() {
        for (port, protocol) in
            [(json!(25), "SMTP"), (json!(2525), "SMTP"), (json!(465), "SMTPS"), (json!(null), "SMTPS")]
        {
            let mut body = server();
            body["port"] = port.clone();
            let (delivery, _) = EmailDelivery::read(&body, None, &[]).unwrap();
            assert_eq!(delivery.protocol.as_str(), protocol, "{port}");
        }
    }

    #[test]
    fn a_gateway_is_echoed_without_its_key() {
        let (delivery, secrets) = EmailDelivery::read(&gateway(), None, &[]).unwrap();
        assert!(delivery.secret_problems(&secrets).is_empty());
        let mut expected = gateway();
        expected["authentication"].as_object_mut().unwrap().remove("headerValue");
        assert_eq!(serde_json::to_value(delivery).unwrap(), expected);
    }

    #[test]
    fn each_fault_is_named() {
        let table = [
            (server(), "host", json!(null), Code::RequiredValue, "host"),
            (server(), "host", json!("a b"), Code::InvalidValue, "host"),
            (server(), "port", json!(70_000), Code::OutOfRange, "port"),
            (server(), "from", json!(null), Code::RequiredValue, "from"),
            (server(), "from", json!({"address": "x"}), Code::InvalidValue, "from.address"),
            (gateway(), "name", json!(null), Code::RequiredValue, "name"),
            (gateway(), "protocol", json!("SMTP"), Code::InvalidValue, "protocol"),
            (gateway(), "requests", json!([]), Code::EmptyValue, "requests"),
            (gateway(), "authentication", json!({}), Code::RequiredValue, "authentication.method"),
        ];
        for (mut body, name, value, code, target) in table {
            body[name] = value;
            let problems = EmailDelivery::read(&body, None, &[]).unwrap_err();
            assert_eq!((problems[0].code, problems[0].target.as_deref()), (code, Some(target)), "{body}");
        }
        let mut silent = gateway();
        silent["requests"][0]["body"] = json!("{\"to\":\"${to}\"}");
        assert_eq!(EmailDelivery::read(&silent, None, &[]).unwrap_err().len(), 2);
    }
}
