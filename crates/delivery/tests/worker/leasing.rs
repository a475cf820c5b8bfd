//! Who has a message, and for how long.

use std::time::Duration;

use postern_core::ids::EnvironmentId;
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::time::Span;
use postern_delivery::worker::{IN_FLIGHT, LEASE, Standing};
use postern_store::StoreError;
use postern_store::tables::outbox::{self, Settled, Settlement};
use wiremock::ResponseTemplate;

use crate::fixture::NOW;
use crate::support::{Stage, answering, requests};

#[tokio::test]
async fn the_messages_of_a_dead_worker_are_taken_over_when_its_lease_ends() {
    for mut stage in Stage::all().await {
        let server = answering(ResponseTemplate::new(200)).await;
        stage.gateway(stage.environment, "Gateway", &server.uri()).await;
        let (first, second) = (stage.message(Channel::Sms), stage.message(Channel::Sms));
        stage.enqueue(std::slice::from_ref(&first)).await;
        let dead: Result<_, StoreError> =
            stage.db.write((), |tx, ()| Box::pin(outbox::lease(tx, NOW, NOW.plus(LEASE), 10, &[]))).await;
        let dead = dead.unwrap();
        assert_eq!(dead.len(), 1);

        stage.at(NOW.plus(Span::seconds(59)));
        let worker = stage.start();
        stage.enqueue(std::slice::from_ref(&second)).await;
        assert_eq!(stage.event().await.message, second.id);
        assert_eq!(requests(&server).await, 1);
        stage.at(NOW.plus(LEASE));
        let event = stage.event().await;
        assert_eq!((event.message, event.standing), (first.id, Standing::Sent));
        worker.stop().await;

        let late = Settled {
            environment: dead[0].environment,
            id: dead[0].id,
            lease_until: dead[0].lease_until,
            attempts: 1,
            settlement: Settlement::Failed { reason: "late".to_owned() },
            history: Vec::new(),
        };
        let settled: Result<_, StoreError> =
            stage.db.write(vec![late], |tx, late| Box::pin(outbox::settle(tx, late, NOW))).await;
        assert!(settled.unwrap().is_empty());
        assert_eq!(stage.record(&first).await.status, "SENT");
    }
}

#[tokio::test]
async fn a_slow_provider_does_not_delay_the_messages_of_another_environment() {
    for mut stage in Stage::all().await {
        let slow = answering(ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
        let quick = answering(ResponseTemplate::new(200)).await;
        let other = EnvironmentId::new(&stage.random);
        stage.gateway(stage.environment, "Slow", &slow.uri()).await;
        stage.gateway(other, "Quick", &quick.uri()).await;
        let many: Vec<OutboundMessage> = (0..IN_FLIGHT + 100).map(|_| stage.message(Channel::Sms)).collect();
        stage.enqueue(&many).await;
        let worker = stage.start();
        let mut message = stage.message(Channel::Sms);
        message.environment = other;
        stage.enqueue(std::slice::from_ref(&message)).await;
        let event = stage.event().await;
        assert_eq!((event.message, event.standing), (message.id, Standing::Sent));
        drop(worker);
    }
}

#[tokio::test]
async fn what_is_under_way_is_finished_before_the_worker_stops() {
    for mut stage in Stage::all().await {
        let server = answering(ResponseTemplate::new(200).set_delay(Duration::from_millis(300))).await;
        stage.gateway(stage.environment, "Gateway", &server.uri()).await;
        let messages = [stage.message(Channel::Sms), stage.message(Channel::Sms)];
        stage.enqueue(&messages).await;
        let worker = stage.start();
        while requests(&server).await == 0 {
            tokio::task::yield_now().await;
        }
        worker.stop().await;
        for message in &messages {
            assert_eq!(stage.record(message).await.status, "SENT");
            assert_eq!(stage.event().await.standing, Standing::Sent);
        }
    }
}

#[tokio::test]
async fn two_workers_send_each_message_once() {
    for mut stage in Stage::all().await {
        let server = answering(ResponseTemplate::new(200)).await;
        stage.gateway(stage.environment, "Gateway", &server.uri()).await;
        let messages: Vec<OutboundMessage> = (0..300).map(|_| stage.message(Channel::Sms)).collect();
        stage.enqueue(&messages).await;
        let workers = [stage.start(), stage.start()];
        for _ in &messages {
            assert_eq!(stage.event().await.standing, Standing::Sent);
        }
        for worker in workers {
            worker.stop().await;
        }
        assert_eq!(requests(&server).await, messages.len());
    }
}

#[tokio::test]
async fn a_slow_provider_does_not_delay_another_channel_of_its_environment() {
    for mut stage in Stage::all().await {
        let slow = answering(ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
        stage.gateway(stage.environment, "Slow", &slow.uri()).await;
        let many: Vec<OutboundMessage> = (0..IN_FLIGHT).map(|_| stage.message(Channel::Sms)).collect();
        stage.enqueue(&many).await;
        let worker = stage.start();
        while requests(&slow).await < IN_FLIGHT / 4 {
            tokio::task::yield_now().await;
        }
        // Nobody carries mail here, which shows at once.
        let mail = stage.message(Channel::Email);
        stage.enqueue(std::slice::from_ref(&mail)).await;
        assert_eq!(stage.event().await.message, mail.id);
        drop(worker);
    }
}
