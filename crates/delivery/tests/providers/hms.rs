//! Notifications through Huawei's Push Kit.

use postern_core::notify::PushProvider;
use postern_core::secret::Secret;
use postern_delivery::outcome::Outcome;
use postern_delivery::push::HmsProvider;
use serde_json::{Value, json};
use url::Url;
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::peer::{deliver, outbound};
use crate::push::{TOKEN, notification};

async fn tokens(server: &MockServer) {
    let token = json!({"access_token": "hw/1+a=", "expires_in": 3600, "token_type": "Bearer"});
    Mock::given(method("POST"))
        .and(path("/oauth2/v3/token"))
        .and(body_string("grant_type=client_credentials&client_id=100&client_secret=s3cret%2F"))
        .respond_with(ResponseTemplate::new(200).set_body_json(token))
        .mount(server)
        .await;
}

async fn sending(server: &MockServer, status: u16, code: &str, times: u64) {
    let answer = json!({"code": code, "msg": TOKEN, "requestId": "157440955549500001002006"});
    Mock::given(method("POST"))
        .and(path("/v1/100/messages:send"))
        .and(header("authorization", "Bearer hw/1+a="))
        .respond_with(ResponseTemplate::new(status).set_body_json(answer))
        .up_to_n_times(times)
        .mount(server)
        .await;
}

fn provider(server: &MockServer) -> HmsProvider {
    let base = Url::parse(&server.uri()).unwrap();
    let token_url = base.join("/oauth2/v3/token").unwrap();
    HmsProvider::new("100".to_owned(), Secret::from("s3cret/"), outbound(), Some(base), Some(token_url))
}

#[tokio::test]
async fn a_notification_is_posted_with_a_token_of_the_client() {
    let server = MockServer::start().await;
    tokens(&server).await;
    sending(&server, 200, "80000000", 1).await;
    let message = notification(PushProvider::Hms);
    let outcome = deliver(&provider(&server), &message).await;
    assert_eq!(outcome, Outcome::accepted(Some("157440955549500001002006"), "sent"));
    let requests = server.received_requests().await.unwrap();
    let sent: Value = serde_json::from_slice(&requests[1].body).unwrap();
    assert_eq!(sent["message"]["token"], json!([TOKEN]));
    assert_eq!(sent["message"]["android"], json!({"urgency": "HIGH", "ttl": "300s"}));
    let data: Value = serde_json::from_str(sent["message"]["data"].as_str().unwrap()).unwrap();
    assert_eq!(
        (data["title"].as_str(), data["category"].as_str()),
        (Some("Is it you?"), Some("BANNER_BUTTONS"))
    );
    assert_eq!(data["request"], json!(message.push.unwrap().request));
}

#[tokio::test]
async fn a_refused_device_is_gone_only_after_another_was_reached() {
    let server = MockServer::start().await;
    tokens(&server).await;
    sending(&server, 200, "80300007", 1).await;
    sending(&server, 200, "80000000", 1).await;
    sending(&server, 200, "80300007", 1).await;
    let (provider, message) = (provider(&server), notification(PushProvider::Hms));
    for expected in ["reject", "accepted", "gone"] {
        assert_eq!(deliver(&provider, &message).await.label(), expected);
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_then_told() {
    let server = MockServer::start().await;
    tokens(&server).await;
    sending(&server, 200, "80000000", 1).await;
    sending(&server, 401, "80200003", 1).await;
    sending(&server, 200, "80000000", 1).await;
    sending(&server, 401, "80200001", 2).await;
    let (provider, message) = (provider(&server), notification(PushProvider::Hms));
    for expected in ["accepted", "accepted", "misconfigured"] {
        assert_eq!(deliver(&provider, &message).await.label(), expected);
    }
    let paths: Vec<String> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| request.url.path().to_owned())
        .collect();
    assert_eq!(paths.iter().filter(|path| path.contains("token")).count(), 3, "{paths:?}");
}
