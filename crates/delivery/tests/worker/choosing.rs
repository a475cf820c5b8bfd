//! Which provider is asked.

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use postern_core::notify::content::Mailbox;
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::time::Span;
use postern_delivery::outcome::Outcome;
use postern_delivery::provider::{Attempt, Provider};
use postern_delivery::settings::Addresses;
use postern_delivery::worker::Standing;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::fixture::NOW;
use crate::support::{Stage, answering, requests};

/// The operator's own provider: takes everything and remembers it.
#[derive(Default)]
struct Operator(Mutex<Vec<OutboundMessage>>);

impl Provider for Operator {
    fn name(&self) -> &str {
        "OPERATOR"
    }

    fn serves(&self, _channel: Channel) -> bool {
        true
    }

    fn deliver<'a>(&'a self, message: &'a OutboundMessage, _attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        self.0.lock().unwrap().push(message.clone());
        Box::pin(std::future::ready(Outcome::accepted(None, "kept")))
    }
}

async fn providers_asked(stage: &Stage, message: &OutboundMessage) -> Vec<String> {
    stage.history(message).await.into_iter().map(|attempt| attempt.provider).collect()
}

#[tokio::test]
async fn the_fallback_chain_gives_the_order() {
    for mut stage in Stage::all().await {
        let (down, up) =
            (answering(ResponseTemplate::new(500)).await, answering(ResponseTemplate::new(200)).await);
        let first = stage.gateway(stage.environment, "First made", &up.uri()).await;
        let second = stage.gateway(stage.environment, "Second made", &down.uri()).await;
        stage.settings(&json!({ "smsProvidersFallbackChain": [second, first] })).await;
        let message = stage.message(Channel::Sms);
        stage.enqueue(std::slice::from_ref(&message)).await;
        let worker = stage.start();
        assert_eq!(stage.event().await.standing, Standing::Sent);
        worker.stop().await;
        assert_eq!(providers_asked(&stage, &message).await, ["Second made", "First made"]);
        assert_eq!((requests(&down).await, requests(&up).await), (1, 1));
    }
}

#[tokio::test]
async fn without_a_chain_the_settings_are_asked_in_the_order_they_were_made() {
    for mut stage in Stage::all().await {
        let server = answering(ResponseTemplate::new(200)).await;
        stage.gateway(stage.environment, "Own", &server.uri()).await;
        let operator = Arc::new(Operator::default());
        let (text, call) = (stage.message(Channel::Sms), stage.message(Channel::Voice));
        stage.enqueue(&[text.clone(), call.clone()]).await;
        let worker = stage.start_with(Some(operator), Addresses::default());
        let _ = (stage.event().await, stage.event().await);
        worker.stop().await;
        assert_eq!(providers_asked(&stage, &text).await, ["Own"]);
        // The gateway carries no calls; that is left to the operator.
        assert_eq!(providers_asked(&stage, &call).await, ["OPERATOR"]);
    }
}

#[tokio::test]
async fn the_operator_stands_in_the_chain_by_its_name() {
    for mut stage in Stage::all().await {
        let server = answering(ResponseTemplate::new(500)).await;
        let own = stage.gateway(stage.environment, "Own", &server.uri()).await;
        stage.settings(&json!({ "smsProvidersFallbackChain": [own, "PINGONE_TWILIO"] })).await;
        let message = stage.message(Channel::Sms);
        stage.enqueue(std::slice::from_ref(&message)).await;
        let worker = stage.start_with(Some(Arc::new(Operator::default())), Addresses::default());
        assert_eq!(stage.event().await.standing, Standing::Sent);
        worker.stop().await;
        assert_eq!(providers_asked(&stage, &message).await, ["Own", "OPERATOR"]);
    }
}

#[tokio::test]
async fn without_any_provider_a_message_fails_at_once() {
    for mut stage in Stage::all().await {
        let message = stage.message(Channel::Sms);
        stage.enqueue(std::slice::from_ref(&message)).await;
        let worker = stage.start();
        let reason = "no provider is configured".to_owned();
        assert_eq!(stage.event().await.standing, Standing::Failed { reason: reason.clone() });
        worker.stop().await;
        let record = stage.record(&message).await;
        assert_eq!(
            (record.status.as_str(), record.reason, record.has_payload),
            ("FAILED", Some(reason), false)
        );
    }
}

#[tokio::test]
async fn mail_that_the_operator_carries_is_from_the_sender_of_the_environment() {
    for mut stage in Stage::all().await {
        stage.settings(&json!({ "from": { "name": "Acme", "address": "no-reply@acme.example" } })).await;
        let operator = Arc::new(Operator::default());
        stage.enqueue(&[stage.message(Channel::Email)]).await;
        let worker = stage.start_with(Some(operator.clone()), Addresses::default());
        assert_eq!(stage.event().await.standing, Standing::Sent);
        worker.stop().await;
        let from = operator.0.lock().unwrap()[0].from.clone();
        let expected = Mailbox { name: Some("Acme".to_owned()), address: "no-reply@acme.example".to_owned() };
        assert_eq!(from, Some(expected));
    }
}

#[tokio::test]
async fn changed_settings_are_seen_within_five_seconds() {
    for mut stage in Stage::all().await {
        let server = answering(ResponseTemplate::new(200)).await;
        let worker = stage.start_with(Some(Arc::new(Operator::default())), Addresses::default());
        let (before, after) = (stage.message(Channel::Sms), stage.message(Channel::Sms));
        stage.enqueue(std::slice::from_ref(&before)).await;
        stage.event().await;
        stage.gateway(stage.environment, "Own", &server.uri()).await;
        stage.at(NOW.plus(Span::seconds(5)));
        stage.enqueue(std::slice::from_ref(&after)).await;
        stage.event().await;
        worker.stop().await;
        assert_eq!(providers_asked(&stage, &before).await, ["OPERATOR"]);
        assert_eq!(providers_asked(&stage, &after).await, ["Own"]);
    }
}
