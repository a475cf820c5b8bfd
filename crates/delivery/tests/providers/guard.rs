//! What the outbound client refuses to do.

use postern_core::time::Span;
use postern_delivery::http::{ANSWER_LIMIT, Call, Outbound, OutboundError, OutboundPolicy};
use url::Url;
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::fixture::NOW;
use crate::peer::{answering, header, install_crypto, only_request, outbound};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[tokio::test]
async fn a_closed_policy_reaches_neither_an_address_nor_a_name_of_this_host() {
    install_crypto();
    let server = answering(200, "").await;
    let closed =
        Outbound::new(OutboundPolicy { allow_plaintext: true, ..OutboundPolicy::default() }).unwrap();
    let port = server.address().port();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"] {
        let answer = closed.send(Call::get(url(&format!("http://{host}:{port}/"))), NOW).await;
        assert_eq!(answer.err(), Some(OutboundError::Forbidden), "{host}");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn plain_http_needs_permission() {
    install_crypto();
    let private = Outbound::new(OutboundPolicy { allow_private: true, ..OutboundPolicy::default() }).unwrap();
    let answer = private.send(Call::get(url("http://127.0.0.1:1/")), NOW).await;
    assert_eq!(answer.err(), Some(OutboundError::Plaintext));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let server = MockServer::start().await;
    let away = ResponseTemplate::new(302).insert_header("location", "/elsewhere");
    Mock::given(path("/")).respond_with(away).mount(&server).await;
    let answer = outbound().send(Call::get(url(&server.uri())), NOW).await.unwrap();
    assert_eq!(answer.status, 302);
    let request = only_request(&server).await;
    assert_eq!(header(&request, "user-agent"), concat!("postern/", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_limit() {
    let server = answering(200, &"x".repeat(ANSWER_LIMIT * 3)).await;
    let answer = outbound().send(Call::get(url(&server.uri())), NOW).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, ANSWER_LIMIT));
}

#[tokio::test]
async fn the_wait_a_peer_asks_for_is_read() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(503).insert_header("retry-after", "17");
    Mock::given(any()).respond_with(busy).mount(&server).await;
    let answer = outbound().send(Call::get(url(&server.uri())), NOW).await.unwrap();
    assert_eq!(answer.retry_after, Some(Span::seconds(17)));
}

#[tokio::test]
async fn nobody_listening_is_worth_another_try() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = outbound().send(Call::get(url(&format!("http://{free}/"))), NOW).await.err();
    assert_eq!(error, Some(OutboundError::Connect));
    assert_eq!(error.map(|error| error.outcome().label()), Some("retry"));
}

#[tokio::test]
async fn a_header_with_a_line_break_is_refused() {
    for (name, value) in [("x-name", "a\r\nb: c"), ("x name", "a"), ("x-name\r\n", "a")] {
        let call = Call::get(url("https://gateway.example/")).header(name, value);
        assert_eq!(call.err(), Some(OutboundError::Malformed), "{name:?} {value:?}");
    }
}
