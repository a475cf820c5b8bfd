//! Webhooks: who is told of which events, and how (notifications contract 5).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::directory::reference::Reference;
use crate::entity::Entity;
use crate::ids::SubscriptionId;
use crate::problem::Problem;
use crate::schema::{
    Declared, Object, boolean, integer, list, map, nested, object, one_of, reference, text, texts, words,
};
use uuid::Uuid;

/// Most webhooks of an environment.
pub const MOST: i64 = 50;

words! {
    /// How events travel.
    pub enum Protocol {
        Https = "HTTPS",
        Tcp = "TCP_IP",
    }
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// For administrators.
    pub name: String,
    /// Whether events are sent now.
    pub enabled: bool,
    /// How events travel.
    pub protocol: Protocol,
    /// How they are written; with HTTPS only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Where they go, with HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_endpoint: Option<Endpoint>,
    /// Where they go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_details: Option<Endpoint>,
    /// Whether the receiver's certificate is checked.
    pub verify_tls_certificates: bool,
    /// The key that proves who sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_key_pair: Option<Reference<Uuid>>,
    /// Which events.
    pub filter_options: Value,
    /// How many at a time, and how they are laid out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload_options: Option<Value>,
}

/// Where events go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The address.
    pub url: String,
    /// Headers of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Value>,
}

impl Entity for Subscription {
    type Id = SubscriptionId;
    const KIND: &'static str = "SUBSCRIPTION";
}

impl Declared for Subscription {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("name").required().max(256),
                boolean("enabled").required(),
                one_of("protocol", Protocol::WORDS).default("HTTPS"),
                one_of("format", &["ACTIVITY", "SPLUNK", "NEWRELIC"]).doc("Needed by HTTPS."),
                nested("httpEndpoint", endpoint()).doc("Needed by HTTPS."),
                nested("connectionDetails", endpoint()).doc("Needed by TCP_IP."),
                boolean("verifyTlsCertificates").required(),
                reference("tlsClientAuthKeyPair"),
                nested("filterOptions", filter()).required(),
                nested("payloadOptions", payload()),
            ])
        });
        &SCHEMA
    }

    /// Both members say where an HTTPS webhook goes.
    fn fill(checked: &mut Map<String, Value>) {
        if checked.get("protocol").is_some_and(|protocol| *protocol == Protocol::Https.as_str()) {
            let endpoint = checked.get("httpEndpoint").or_else(|| checked.get("connectionDetails")).cloned();
            if let Some(endpoint) = endpoint {
                checked.insert("httpEndpoint".to_owned(), endpoint.clone());
                checked.insert("connectionDetails".to_owned(), endpoint);
            }
        }
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        match self.protocol {
            Protocol::Https => {
                if self.format.is_none() {
                    problems.push(Problem::required("format"));
                }
                match &self.http_endpoint {
                    None => problems.push(Problem::required("httpEndpoint")),
                    Some(endpoint) if !texts::is_https_url(&endpoint.url) => {
                        problems.push(Problem::invalid("httpEndpoint.url", "must be an https URL"));
                    }
                    Some(_) => {}
                }
            }
            Protocol::Tcp => {
                if self.format.is_some() {
                    problems.push(Problem::invalid("format", "is not for TCP_IP"));
                }
                if self.connection_details.is_none() {
                    problems.push(Problem::required("connectionDetails"));
                }
            }
        }
        if self.tls_client_auth_key_pair.is_some() && !self.verify_tls_certificates {
            problems
                .push(Problem::invalid("verifyTlsCertificates", "must be true where a key proves who sends"));
        }
        problems.extend(self.payload_problems());
        problems
    }
}

impl Subscription {
    fn payload_problems(&self) -> Vec<Problem> {
        let Some(options) = &self.payload_options else { return Vec::new() };
        let mut problems = Vec::new();
        if let Some(limit) = options.get("maximumPayloadLimit") {
            let target = "payloadOptions.maximumPayloadLimit";
            if self.protocol == Protocol::Tcp {
                problems.push(Problem::invalid(target, "is not for TCP_IP"));
            }
            let events = limit.get("type").is_some_and(|kind| kind == "EVENTS_PER_PAYLOAD");
            let size = limit.get("size").and_then(Value::as_i64);
            if events && size.is_some_and(|size| size > 500) {
                problems.push(Problem::out_of_range(&format!("{target}.size"), 1, 500));
            }
        }
        let says = |path: &str, word: &str| options.pointer(path).is_some_and(|value| value == word);
        let pretty = options.pointer("/payloadFormat/https/prettyPrint") == Some(&Value::Bool(true));
        if pretty && !says("/payloadFormat/https/format", "JSON_ARRAY") {
            let target = "payloadOptions.payloadFormat.https.prettyPrint";
            problems.push(Problem::invalid(target, "is for JSON_ARRAY alone"));
        }
        problems
    }
}

fn endpoint() -> Object {
    object(vec![
        text("url").required().max(2048).pattern("an absolute URL", texts::is_absolute_uri),
        map("headers", text("value").max(4096), 50),
    ])
}

fn filter() -> Object {
    object(vec![
        list("includedActionTypes", text("type").required().max(128), 1_000).required().min(1),
        list("includedApplications", reference_item(), 10),
        list("includedPopulations", reference_item(), 10),
        list("includedTags", one_of("tag", &["adminIdentityEvent"]), 10),
        boolean("ipAddressExposed"),
        boolean("userAgentExposed"),
    ])
}

fn reference_item() -> crate::schema::Field {
    reference("item")
}

fn payload() -> Object {
    let limit = object(vec![
        one_of("type", &["EVENTS_PER_PAYLOAD", "KB_PER_PAYLOAD"]).required(),
        integer("size", 1, 4096),
    ]);
    let https = object(vec![one_of("format", &["JSON_ARRAY", "ND_JSON"]), boolean("prettyPrint")]);
    let tcp = object(vec![
        one_of("format", &["JSON_DOC", "RFC_LOGLINE"]),
        map("additionalAttributes", text("value"), 100),
    ]);
    object(vec![
        nested("maximumPayloadLimit", limit),
        nested("payloadFormat", object(vec![nested("https", https), nested("tcp", tcp)])),
    ])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_webhook_says_where_its_events_go() {
        let body = |more: Value| {
            let mut body = json!({"name": "SIEM", "enabled": true, "verifyTlsCertificates": true, "format": "ACTIVITY",
                "filterOptions": {"includedActionTypes": ["USER.CREATED"]}});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            Subscription::read(&body, None, &[])
        };
        let endpoint = json!({"url": "https://siem.example/events", "headers": {"Authorization": "x"}});
        let (webhook, _) = body(json!({"httpEndpoint": endpoint})).unwrap();
        assert_eq!(serde_json::to_value(&webhook).unwrap()["connectionDetails"], endpoint);
        let target = |more: Value| body(more).unwrap_err()[0].target.clone().unwrap();
        assert_eq!(target(json!({})), "httpEndpoint");
        assert_eq!(target(json!({"httpEndpoint": {"url": "http://siem.example"}})), "httpEndpoint.url");
        assert_eq!(target(json!({"protocol": "TCP_IP"})), "format");
        assert_eq!(
            target(json!({"httpEndpoint": endpoint, "filterOptions": {"includedActionTypes": []}})),
            "filterOptions.includedActionTypes"
        );
    }
}
