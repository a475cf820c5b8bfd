//! The recording HTTP server and what calls it.

use std::collections::BTreeMap;

use postern_core::notify::OutboundMessage;
use postern_core::time::Timestamp;
use postern_delivery::http::{Outbound, OutboundPolicy};
use postern_delivery::outcome::Outcome;
use postern_delivery::provider::{Attempt, Provider};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::fixture::NOW;

/// A client as in development: to this host, without TLS.
pub(crate) fn outbound() -> Outbound {
    install_crypto();
    Outbound::new(OutboundPolicy::development()).unwrap()
}

/// Does nothing when another test was faster.
pub(crate) fn install_crypto() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// A server that gives every request the same answer.
pub(crate) async fn answering(status: u16, body: &str) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_string(body);
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// One attempt now.
pub(crate) async fn deliver(provider: &dyn Provider, message: &OutboundMessage) -> Outcome {
    deliver_at(provider, message, NOW).await
}

/// One attempt then.
pub(crate) async fn deliver_at(
    provider: &dyn Provider,
    message: &OutboundMessage,
    now: Timestamp,
) -> Outcome {
    provider.deliver(message, &attempt(1, message, now)).await
}

/// The circumstances of an attempt with a message that was enqueued at the moment of the tests.
pub(crate) fn attempt(number: u32, message: &OutboundMessage, now: Timestamp) -> Attempt {
    Attempt { number, idempotency_key: message.id, enqueued_at: NOW, now }
}

/// The only request the server got.
pub(crate) async fn only_request(server: &MockServer) -> wiremock::Request {
    let mut requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.remove(0)
}

/// The pairs of a form body.
pub(crate) fn form(request: &wiremock::Request) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(&request.body).into_owned().collect()
}

/// A header as text; empty when it is not there.
pub(crate) fn header<'a>(request: &'a wiremock::Request, name: &str) -> &'a str {
    request.headers.get(name).map_or("", |value| value.to_str().unwrap())
}
