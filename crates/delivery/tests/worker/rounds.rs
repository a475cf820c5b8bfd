//! What becomes of a message, and what is written down about it.

use postern_core::notify::Channel;
use postern_core::time::Span;
use postern_delivery::settings::Addresses;
use postern_delivery::worker::Standing;
use serde_json::json;
use url::Url;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::fixture::{CODE, NOW, NUMBER};
use crate::support::{Stage, TOKEN, answering, requests};

const SID: &str = "AC0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn a_message_is_sent_once_and_its_content_wiped() {
    for mut stage in Stage::all().await {
        let server = answering(ResponseTemplate::new(200)).await;
        stage.gateway(stage.environment, "Gateway", &server.uri()).await;
        let message = stage.message(Channel::Sms);
        stage.enqueue(std::slice::from_ref(&message)).await;
        let worker = stage.start();
        let event = stage.event().await;
        assert_eq!(
            (event.message, event.channel, event.standing),
            (message.id, Some(Channel::Sms), Standing::Sent)
        );
        worker.stop().await;
        assert_eq!(requests(&server).await, 1);
        let record = stage.record(&message).await;
        assert_eq!((record.status.as_str(), record.attempts, record.has_payload), ("SENT", 1, false));
        let history = stage.history(&message).await;
        assert_eq!(
            (history.len(), history[0].provider.as_str(), history[0].outcome.as_str()),
            (1, "Gateway", "ACCEPTED")
        );
    }
}

#[tokio::test]
async fn a_message_is_tried_again_after_a_failure() {
    for mut stage in Stage::all().await {
        let server = MockServer::start().await;
        // The gateway repeats what it was told; nothing of that may be written down.
        let echo = format!("{NUMBER} {CODE} {TOKEN}");
        let failing = ResponseTemplate::new(500).set_body_string(echo);
        Mock::given(any()).respond_with(failing).up_to_n_times(1).mount(&server).await;
        Mock::given(any()).respond_with(ResponseTemplate::new(202)).mount(&server).await;
        stage.gateway(stage.environment, "Gateway", &server.uri()).await;
        let message = stage.message(Channel::Sms);
        let worker = stage.start();
        stage.enqueue(std::slice::from_ref(&message)).await;
        let Standing::Again { due_at } = stage.event().await.standing else { panic!("tried again") };
        assert!(due_at >= NOW.plus(Span::millis(800)) && due_at <= NOW.plus(Span::millis(1200)), "{due_at}");
        let record = stage.record(&message).await;
        assert_eq!((record.status.as_str(), record.attempts, record.has_payload), ("PENDING", 1, true));
        stage.at(due_at);
        assert_eq!(stage.event().await.standing, Standing::Sent);
        worker.stop().await;
        let history = stage.history(&message).await;
        let shown: Vec<_> =
            history.iter().map(|attempt| (attempt.number, attempt.outcome.as_str())).collect();
        assert_eq!(shown, [(1, "RETRY"), (2, "ACCEPTED")]);
        for secret in [NUMBER, CODE, TOKEN] {
            assert!(
                !format!("{history:?} {:?}", stage.record(&message).await).contains(secret),
                "{history:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_is_left_alone_for_so_long() {
    for mut stage in Stage::all().await {
        let server = answering(ResponseTemplate::new(503).insert_header("retry-after", "30")).await;
        stage.gateway(stage.environment, "Gateway", &server.uri()).await;
        let message = stage.message(Channel::Sms);
        stage.enqueue(std::slice::from_ref(&message)).await;
        let worker = stage.start();
        let Standing::Again { due_at } = stage.event().await.standing else { panic!("tried again") };
        assert!(due_at >= NOW.plus(Span::seconds(30)) && due_at <= NOW.plus(Span::seconds(36)), "{due_at}");
        worker.stop().await;
    }
}

#[tokio::test]
async fn an_expired_code_is_not_sent() {
    for mut stage in Stage::all().await {
        let server = answering(ResponseTemplate::new(200)).await;
        stage.gateway(stage.environment, "Gateway", &server.uri()).await;
        let mut message = stage.message(Channel::Sms);
        message.expires_at = NOW;
        stage.enqueue(std::slice::from_ref(&message)).await;
        let worker = stage.start();
        assert_eq!(stage.event().await.standing, Standing::Failed { reason: "expired".to_owned() });
        worker.stop().await;
        assert_eq!(requests(&server).await, 0);
        let record = stage.record(&message).await;
        assert_eq!((record.status.as_str(), record.has_payload), ("FAILED", false));
        assert!(stage.history(&message).await.is_empty());
    }
}

#[tokio::test]
async fn a_message_that_nobody_will_take_is_given_up_and_wiped() {
    for mut stage in Stage::all().await {
        let server = answering(ResponseTemplate::new(400).set_body_string(r#"{"code":21211}"#)).await;
        let body = json!({ "provider": "CUSTOM_TWILIO", "sid": SID, "authToken": TOKEN, "numbers": [
            { "number": "+15125550199", "type": "PHONE_NUMBER", "selected": true, "capabilities": ["SMS"] }] });
        stage.phone(stage.environment, &body).await;
        let message = stage.message(Channel::Sms);
        stage.enqueue(std::slice::from_ref(&message)).await;
        let twilio = Some(Url::parse(&server.uri()).unwrap());
        let worker = stage.start_with(None, Addresses { twilio, ..Addresses::default() });
        assert!(matches!(stage.event().await.standing, Standing::Failed { .. }));
        worker.stop().await;
        let record = stage.record(&message).await;
        assert_eq!((record.status.as_str(), record.attempts, record.has_payload), ("FAILED", 1, false));
        let history = stage.history(&message).await;
        assert_eq!((history[0].outcome.as_str(), history[0].reason.clone()), ("REJECTED", record.reason));
    }
}

#[tokio::test]
async fn a_payload_that_cannot_be_opened_is_given_up_without_an_attempt() {
    for mut stage in Stage::all().await {
        let server = answering(ResponseTemplate::new(200)).await;
        stage.gateway(stage.environment, "Gateway", &server.uri()).await;
        let message = stage.message(Channel::Sms);
        stage.enqueue(std::slice::from_ref(&message)).await;
        let swapped: Result<u64, postern_store::StoreError> = stage
            .db
            .write((), |tx, ()| Box::pin(tx.execute("UPDATE outbox SET payload = 'AAAA'", &[])))
            .await;
        assert_eq!(swapped, Ok(1));
        let worker = stage.start();
        assert_eq!(
            stage.event().await.standing,
            Standing::Failed { reason: "the content cannot be opened".to_owned() }
        );
        worker.stop().await;
        assert_eq!(requests(&server).await, 0);
    }
}
