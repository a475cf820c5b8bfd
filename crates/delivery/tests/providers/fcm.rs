//! Notifications through Firebase, against a server that gives and demands tokens as Google's does.

use std::sync::{Arc, Mutex};

use postern_core::directory::push_credentials::ServiceAccount;
use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use postern_core::notify::PushProvider;
use postern_core::time::Span;
use postern_delivery::outcome::Outcome;
use postern_delivery::push::FcmProvider;
use serde_json::{Value, json};
use url::Url;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::fixture::NOW;
use crate::peer::{deliver, deliver_at, form, header, outbound};
use crate::push::{TOKEN, key, notification, verified};

const EMAIL: &str = "push@acme-push.iam.gserviceaccount.com";

/// What the server has seen, and what it is to answer next.
#[derive(Default)]
struct Seen {
    assertions: Vec<String>,
    /// The only token that is good, if any.
    good: Option<String>,
    messages: Vec<Value>,
    answers: Vec<ResponseTemplate>,
}

#[derive(Clone, Default)]
struct Google(Arc<Mutex<Seen>>);

impl Respond for Google {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut seen = self.0.lock().unwrap();
        if request.url.path() == "/token" {
            let form = form(request);
            assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
            seen.assertions.push(form["assertion"].clone());
            let token = format!("ya29.{}", seen.assertions.len());
            seen.good = Some(token.clone());
            let answer = json!({"access_token": token, "expires_in": 3599, "token_type": "Bearer"});
            return ResponseTemplate::new(200).set_body_json(answer);
        }
        assert_eq!(request.url.path(), "/v1/projects/acme-push/messages:send");
        let bearer = seen.good.as_ref().map(|token| format!("Bearer {token}"));
        if Some(header(request, "authorization")) != bearer.as_deref() {
            let fault = json!({"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "m"}});
            return ResponseTemplate::new(401).set_body_json(fault);
        }
        seen.messages.push(serde_json::from_slice(&request.body).unwrap());
        let sent =
            || ResponseTemplate::new(200).set_body_json(json!({"name": "projects/acme-push/messages/0:1"}));
        seen.answers.pop().unwrap_or_else(sent)
    }
}

async fn google() -> (MockServer, Google) {
    let (server, google) = (MockServer::start().await, Google::default());
    Mock::given(any()).respond_with(google.clone()).mount(&server).await;
    (server, google)
}

fn provider(server: &MockServer, key: SigningKey) -> FcmProvider {
    let account = ServiceAccount {
        project_id: "acme-push".to_owned(),
        client_email: EMAIL.to_owned(),
        token_uri: format!("{}/token", server.uri()),
        key: Box::new(key),
    };
    FcmProvider::new(account, outbound(), Some(Url::parse(&server.uri()).unwrap()))
}

fn rsa() -> SigningKey {
    key(SigningAlgorithm::RS256, "g1")
}

fn fault(status: u16, code: &str) -> ResponseTemplate {
    let detail = json!({"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code});
    let fault = json!({"error": {"code": status, "message": TOKEN, "status": "X", "details": [detail]}});
    ResponseTemplate::new(status).set_body_json(fault)
}

#[tokio::test]
async fn a_notification_is_posted_with_a_token_of_the_service_account() {
    let (server, google) = google().await;
    let (signing, copy) = {
        let key = rsa();
        let der = key.to_pkcs8().unwrap();
        (key, SigningKey::from_pkcs8(SigningAlgorithm::RS256, "g1", &der).unwrap())
    };
    let message = notification(PushProvider::Fcm);
    let outcome = deliver(&provider(&server, signing), &message).await;
    assert_eq!(outcome, Outcome::accepted(Some("projects/acme-push/messages/0:1"), "sent"));
    let seen = google.0.lock().unwrap();
    let (head, claims) = verified(&seen.assertions[0], &copy);
    assert_eq!((head.kid.as_deref(), head.typ.as_deref()), (Some("g1"), Some("JWT")));
    let (iat, token_uri) = (NOW.seconds(), format!("{}/token", server.uri()));
    let expected = json!({"iss": EMAIL, "scope": "https://www.googleapis.com/auth/firebase.messaging",
                          "aud": token_uri, "iat": iat, "exp": iat + 3600});
    assert_eq!(claims, expected);
    let push = message.push.as_ref().unwrap();
    let sent = &seen.messages[0]["message"];
    assert_eq!(sent["token"], TOKEN);
    let data = json!({"title": "Is it you?", "body": "Open the app.", "environment": message.environment,
                      "device": push.device, "request": push.request, "category": "BANNER_BUTTONS"});
    assert_eq!(sent["data"], data);
    let android = json!({"priority": "HIGH", "ttl": "300s", "collapse_key": push.request});
    assert_eq!(sent["android"], android);
    assert_eq!(sent["apns"]["payload"]["aps"]["alert"]["title"], "Is it you?");
    assert!(sent.get("notification").is_none());
}

#[tokio::test]
async fn a_token_serves_many_messages_until_shortly_before_it_expires() {
    let (server, google) = google().await;
    let (provider, message) = (provider(&server, rsa()), notification(PushProvider::Fcm));
    let together = (0..8).map(|_| deliver(&provider, &message));
    futures_util::future::join_all(together).await;
    assert_eq!(google.0.lock().unwrap().assertions.len(), 1);
    for (later, tokens) in [(3_500, 1), (3_570, 2)] {
        let outcome = deliver_at(&provider, &message, NOW.plus(Span::seconds(later))).await;
        assert_eq!(outcome.label(), "accepted", "{later}");
        assert_eq!(google.0.lock().unwrap().assertions.len(), tokens, "{later}");
    }
}

#[tokio::test]
async fn a_withdrawn_token_is_replaced_once() {
    let (server, google) = google().await;
    let (provider, message) = (provider(&server, rsa()), notification(PushProvider::Fcm));
    deliver(&provider, &message).await;
    google.0.lock().unwrap().good = None;
    assert_eq!(deliver(&provider, &message).await.label(), "accepted");
    assert_eq!(google.0.lock().unwrap().assertions.len(), 2);
}

#[tokio::test]
async fn an_account_that_google_refuses_is_an_administrators_business() {
    let server = MockServer::start().await;
    let refused = ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_grant"}));
    Mock::given(any()).respond_with(refused).mount(&server).await;
    let outcome = deliver(&provider(&server, rsa()), &notification(PushProvider::Fcm)).await;
    assert_eq!(outcome.label(), "misconfigured");
}

#[tokio::test]
async fn an_application_that_was_removed_is_gone_and_a_busy_network_waits() {
    let (server, google) = google().await;
    let (provider, message) = (provider(&server, rsa()), notification(PushProvider::Fcm));
    for (answer, expected) in [
        (fault(404, "UNREGISTERED"), "gone"),
        (fault(403, "SENDER_ID_MISMATCH"), "reject"),
        (fault(400, "INVALID_ARGUMENT"), "reject"),
        (fault(503, "UNAVAILABLE"), "retry"),
        (ResponseTemplate::new(404).set_body_string("<html>"), "misconfigured"),
    ] {
        google.0.lock().unwrap().answers.push(answer);
        assert_eq!(deliver(&provider, &message).await.label(), expected);
    }
    let busy = fault(429, "QUOTA_EXCEEDED").insert_header("retry-after", "9");
    google.0.lock().unwrap().answers.push(busy);
    let Outcome::Retry { after, .. } = deliver(&provider, &message).await else { panic!("a retry") };
    assert_eq!(after, Some(Span::seconds(9)));
}
