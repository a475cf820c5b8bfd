//! Messages and account of WhatsApp through Meta's Graph API.

use postern_core::notify::content::WhatsAppTemplate;
use postern_core::notify::gateway::{Gateway, GatewayError, WhatsAppAccount};
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::secret::Secret;
use postern_core::time::Span;
use postern_delivery::gateway::ProviderGateway;
use postern_delivery::outcome::Outcome;
use postern_delivery::settings::{Addresses, WhatsAppSettings};
use postern_delivery::whatsapp::WhatsAppProvider;
use serde_json::{Value, json};
use url::Url;
use wiremock::matchers::{any, header as has_header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::fixture::{CODE, NOW, NUMBER, message};
use crate::peer::{answering, deliver, header, only_request, outbound};

/// HMAC-SHA256 of the token with the app's secret, as `openssl dgst -sha256 -hmac` makes it.
const PROOF: &str = "9f9f0867bc3df2d00cecd6aa6fb78e65b64c050401bd6ec5b84d98503d443d34";

fn base(server: &MockServer) -> Url {
    Url::parse(&format!("{}/v24.0", server.uri())).unwrap()
}

fn provider(server: &MockServer, number_id: Option<&str>) -> WhatsAppProvider {
    let settings = WhatsAppSettings {
        number_id: number_id.map(str::to_owned),
        access_token: Secret::from("EAAtoken"),
        app_secret: Secret::from("app-secret"),
        base_url: Some(base(server)),
    };
    WhatsAppProvider::new(settings, outbound())
}

fn passcode() -> OutboundMessage {
    let template = WhatsAppTemplate {
        id: "9001".to_owned(),
        name: Some("acme_code".to_owned()),
        category: Some("AUTHENTICATION".to_owned()),
        language: Some("en_US".to_owned()),
    };
    OutboundMessage { whats_app: Some(template), ..message(Channel::WhatsApp) }
}

#[tokio::test]
async fn a_passcode_is_sent_in_a_template_with_a_button_that_copies_it() {
    let sent = r#"{"messaging_product":"whatsapp","contacts":[{"input":"x","wa_id":"1"}],"messages":[{"id":"wamid.HBgL"}]}"#;
    let server = answering(200, sent).await;
    let message = passcode();
    let outcome = deliver(&provider(&server, Some("1055")), &message).await;
    assert_eq!(outcome, Outcome::accepted(Some("wamid.HBgL"), "accepted"));
    let request = only_request(&server).await;
    assert_eq!(request.url.path(), "/v24.0/1055/messages");
    assert_eq!(header(&request, "authorization"), "Bearer EAAtoken");
    assert_eq!(request.url.query(), Some(format!("appsecret_proof={PROOF}").as_str()));
    let value = json!([{"type": "text", "text": CODE}]);
    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": NUMBER, "type": "template",
        "biz_opaque_callback_data": message.id,
        "template": {
            "name": "acme_code", "language": {"policy": "deterministic", "code": "en_US"},
            "components": [
                {"type": "body", "parameters": value},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": value},
            ],
        },
    });
    assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap(), expected);
}

#[tokio::test]
async fn what_cannot_be_sent_is_not() {
    let server = answering(200, "{}").await;
    assert_eq!(deliver(&provider(&server, None), &passcode()).await.label(), "misconfigured");
    let without_code = OutboundMessage { otp: None, ..passcode() };
    assert_eq!(deliver(&provider(&server, Some("1")), &without_code).await.label(), "reject");
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn refusals_are_told_apart_on_the_wire() {
    for (status, code, expected) in [
        (400, 131_026, "reject"),
        (429, 130_429, "retry"),
        (400, 80_007, "retry"),
        (401, 190, "misconfigured"),
        (404, 132_001, "misconfigured"),
        (400, 424_242, "next"),
        (500, 424_242, "retry"),
    ] {
        let body = json!({"error": {"message": NUMBER, "type": "OAuthException", "code": code}}).to_string();
        let server = answering(status, &body).await;
        assert_eq!(
            deliver(&provider(&server, Some("1")), &passcode()).await.label(),
            expected,
            "{status} {code}"
        );
    }
}

#[tokio::test]
async fn whatsapp_may_ask_to_wait() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(429)
        .insert_header("retry-after", "5")
        .set_body_json(json!({"error": {"code": 130_429}}));
    Mock::given(any()).respond_with(busy).mount(&server).await;
    let Outcome::Retry { after, .. } = deliver(&provider(&server, Some("1")), &passcode()).await else {
        panic!("a retry")
    };
    assert_eq!(after, Some(Span::seconds(5)));
}

fn gateway(server: &MockServer) -> (ProviderGateway, WhatsAppAccount) {
    let addresses = Addresses { whatsapp: Some(base(server)), ..Addresses::default() };
    let account = WhatsAppAccount {
        business_id: "1021".to_owned(),
        access_token: Secret::from("EAAtoken"),
        app_secret: Secret::from("app-secret"),
    };
    (ProviderGateway::new(outbound(), addresses), account)
}

#[tokio::test]
async fn numbers_and_templates_of_the_account_are_read() {
    let server = MockServer::start().await;
    let numbers = |data: Value, next: Option<&str>| {
        let paging = json!({"cursors": {"before": "A", "after": "B"}, "next": next});
        ResponseTemplate::new(200).set_body_json(json!({"data": data, "paging": paging}))
    };
    let first = json!([{"id": "1", "display_phone_number": "+1 512-555-0101", "quality_rating": "GREEN"}]);
    Mock::given(method("GET"))
        .and(path("/v24.0/1021/phone_numbers"))
        .and(has_header("authorization", "Bearer EAAtoken"))
        .and(query_param("appsecret_proof", PROOF))
        .and(query_param_is_missing("after"))
        .respond_with(numbers(first, Some("https://elsewhere.example/steal")))
        .mount(&server)
        .await;
    let second = json!([{"id": "2", "display_phone_number": "+1 512-555-0102"}]);
    Mock::given(path("/v24.0/1021/phone_numbers"))
        .and(query_param("after", "B"))
        .respond_with(numbers(second, None))
        .mount(&server)
        .await;
    let template = json!({"id": "9", "name": "acme_code", "category": "AUTHENTICATION", "language": "en_US",
                          "status": "APPROVED"});
    Mock::given(path("/v24.0/1021/message_templates"))
        .and(query_param("category", "AUTHENTICATION"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": [template]})))
        .mount(&server)
        .await;
    let (gateway, account) = gateway(&server);
    let found = gateway.whatsapp_numbers(&account, NOW).await.unwrap();
    let shown: Vec<_> =
        found.iter().map(|number| (number.number_id.as_str(), number.number.as_str())).collect();
    assert_eq!(shown, [("1", "+1 512-555-0101"), ("2", "+1 512-555-0102")]);
    assert_eq!(
        serde_json::to_value(gateway.whatsapp_templates(&account, NOW).await.unwrap()).unwrap()[0],
        template
    );
}

#[tokio::test]
async fn wrong_credentials_are_told_from_a_missing_answer() {
    for (status, expected) in [
        (400, GatewayError::Credentials),
        (401, GatewayError::Credentials),
        (403, GatewayError::Credentials),
        (500, GatewayError::Unavailable),
        (200, GatewayError::Unavailable),
    ] {
        let server = answering(status, r#"{"error":{"code":190}}"#).await;
        let (gateway, account) = gateway(&server);
        assert_eq!(gateway.whatsapp_numbers(&account, NOW).await, Err(expected), "{status}");
    }
}
