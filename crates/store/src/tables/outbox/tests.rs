//! Leases and settlements, on each database.

use postern_core::random::Random;
use postern_core::time::Span;

use super::*;
use crate::fixture::TestDb;
use crate::sql::{Db, StoreError};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

async fn fill(db: &Db, environment: EnvironmentId, random: &Random, count: usize) {
    let messages: Vec<NewMessage> = (0..count)
        .map(|_| NewMessage {
            environment,
            id: MessageId::new(random),
            channel: "SMS",
            payload: "sealed".to_owned(),
            user: None,
            device: None,
            created_at: NOW,
            expires_at: NOW.plus(Span::minutes(5)),
        })
        .collect();
    let fill: Result<()> = db
        .write(messages, |tx, messages| {
            Box::pin(async move {
                for message in messages {
                    enqueue(tx, message).await?;
                }
                Ok(())
            })
        })
        .await;
    fill.unwrap();
}

async fn lease_at(db: &Db, now: Timestamp, limit: i64, except: &[Except]) -> Vec<Leased> {
    let until = now.plus(Span::seconds(60));
    let leased: Result<Vec<Leased>> = db
        .write((now, until, limit, except.to_vec()), |tx, (now, until, limit, except)| {
            Box::pin(lease(tx, *now, *until, *limit, except))
        })
        .await;
    leased.unwrap()
}

fn settled(message: &Leased, settlement: Settlement) -> Settled {
    let attempt = Attempt {
        number: message.attempts + 1,
        at: NOW,
        provider: "TWILIO".to_owned(),
        outcome: "ACCEPTED".to_owned(),
        reference: Some("SM1".to_owned()),
        reason: None,
        duration_ms: 12,
    };
    Settled {
        environment: message.environment,
        id: message.id,
        lease_until: message.lease_until,
        attempts: message.attempts + 1,
        settlement,
        history: vec![attempt],
    }
}

async fn settle_now(db: &Db, all: Vec<Settled>) -> usize {
    let done: std::result::Result<_, StoreError> =
        db.write(all, |tx, all| Box::pin(settle(tx, all, NOW))).await;
    done.unwrap().len()
}

#[tokio::test]
async fn many_messages_are_settled_at_once_and_their_content_is_gone() {
    for db in TestDb::all().await {
        let random = Random::seeded(1);
        let environment = EnvironmentId::new(&random);
        fill(&db, environment, &random, 150).await;
        let leased = lease_at(&db, NOW, 1_000, &[]).await;
        assert_eq!(leased.len(), 150);
        let all = leased.iter().map(|message| settled(message, Settlement::Sent)).collect();
        assert_eq!(settle_now(&db, all).await, 150);
        let mut tx = db.read().await.unwrap();
        assert_eq!(pending(&mut tx).await.unwrap(), 0);
        let record = find(&mut tx, environment, leased[149].id).await.unwrap().unwrap();
        assert_eq!(
            record,
            Record { status: "SENT".to_owned(), attempts: 1, reason: None, has_payload: false }
        );
        let history = history(&mut tx, environment, leased[0].id).await.unwrap();
        assert_eq!(history, settled(&leased[0], Settlement::Sent).history);
    }
}

#[tokio::test]
async fn a_lease_that_was_lost_settles_nothing() {
    for db in TestDb::all().await {
        let random = Random::seeded(2);
        let environment = EnvironmentId::new(&random);
        fill(&db, environment, &random, 1).await;
        let first = lease_at(&db, NOW, 10, &[]).await;
        assert!(lease_at(&db, NOW.plus(Span::seconds(59)), 10, &[]).await.is_empty());
        let second = lease_at(&db, NOW.plus(Span::seconds(60)), 10, &[]).await;
        assert_eq!(second.len(), 1);
        for settlement in [Settlement::Sent, Settlement::Failed { reason: "late".to_owned() }] {
            assert_eq!(settle_now(&db, vec![settled(&first[0], settlement)]).await, 0);
        }
        let mut tx = db.read().await.unwrap();
        assert!(history(&mut tx, environment, first[0].id).await.unwrap().is_empty());
        drop(tx);
        assert_eq!(settle_now(&db, vec![settled(&second[0], Settlement::Sent)]).await, 1);
        assert_eq!(settle_now(&db, vec![settled(&second[0], Settlement::Sent)]).await, 0);
    }
}

#[tokio::test]
async fn a_message_to_be_tried_again_keeps_its_content_until_it_is_due() {
    for db in TestDb::all().await {
        let random = Random::seeded(3);
        let environment = EnvironmentId::new(&random);
        fill(&db, environment, &random, 1).await;
        let leased = lease_at(&db, NOW, 10, &[]).await;
        let due_at = NOW.plus(Span::seconds(4));
        let again = Settlement::Again { due_at, reason: "timed out".to_owned() };
        assert_eq!(settle_now(&db, vec![settled(&leased[0], again)]).await, 1);
        let mut tx = db.read().await.unwrap();
        assert_eq!(next_due(&mut tx, NOW).await.unwrap(), Some(due_at));
        assert_eq!(next_due(&mut tx, due_at).await.unwrap(), None);
        drop(tx);
        assert!(lease_at(&db, due_at.minus(Span::micros(1)), 10, &[]).await.is_empty());
        let again = lease_at(&db, due_at, 10, &[]).await;
        assert_eq!((again[0].attempts, again[0].payload.as_str()), (1, "sealed"));
    }
}

#[tokio::test]
async fn environments_can_be_left_out_of_a_lease() {
    for db in TestDb::all().await {
        let random = Random::seeded(4);
        let (crowded, other) = (EnvironmentId::new(&random), EnvironmentId::new(&random));
        fill(&db, crowded, &random, 5).await;
        fill(&db, other, &random, 2).await;
        let leased = lease_at(&db, NOW, 10, &[Except::Environment(crowded)]).await;
        assert_eq!(leased.len(), 2);
        assert!(leased.iter().all(|message| message.environment == other));
        assert_eq!(lease_at(&db, NOW, 10, &[]).await.len(), 5);
    }
}

#[tokio::test]
async fn channels_can_be_left_out_of_a_lease_everywhere_or_in_one_environment() {
    for db in TestDb::all().await {
        let random = Random::seeded(6);
        let (one, other) = (EnvironmentId::new(&random), EnvironmentId::new(&random));
        fill(&db, one, &random, 5).await;
        fill(&db, other, &random, 2).await;
        let sms = || "SMS".to_owned();
        assert!(lease_at(&db, NOW, 10, &[Except::Channel(sms())]).await.is_empty());
        let leased =
            lease_at(&db, NOW, 10, &[Except::Channel("PUSH".to_owned()), Except::Both(one, sms())]).await;
        assert_eq!(leased.len(), 2);
        assert!(leased.iter().all(|message| message.environment == other));
    }
}

#[tokio::test]
async fn ended_messages_are_swept_with_their_history() {
    for db in TestDb::all().await {
        let random = Random::seeded(5);
        let environment = EnvironmentId::new(&random);
        fill(&db, environment, &random, 3).await;
        let leased = lease_at(&db, NOW, 2, &[]).await;
        settle_now(&db, leased.iter().map(|message| settled(message, Settlement::Sent)).collect()).await;
        let swept: Result<u64> =
            db.write((), |tx, ()| Box::pin(sweep(tx, NOW.plus(Span::micros(1)), 100))).await;
        assert_eq!(swept, Ok(2));
        let mut tx = db.read().await.unwrap();
        assert_eq!(pending(&mut tx).await.unwrap(), 1);
        assert!(history(&mut tx, environment, leased[0].id).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn leases_and_settlements_find_their_rows_by_an_index() {
    let db = TestDb::sqlite().await;
    let mut tx = db.read().await.unwrap();
    let lease = "EXPLAIN QUERY PLAN UPDATE outbox SET lease_until = 2 WHERE (env, id) IN (SELECT env, id FROM outbox \
                 WHERE status = 'PENDING' AND due_at <= 1 AND lease_until <= 1 ORDER BY due_at LIMIT 3)";
    let sent = "EXPLAIN QUERY PLAN UPDATE outbox SET status = 'SENT' WHERE status = 'PENDING' AND \
                ((env = x'01' AND id = x'01' AND lease_until = 3) OR (env = x'02' AND id = x'02' AND lease_until = 4))";
    for sql in [lease, sent] {
        let plan = tx.query(sql, &[]).await.unwrap();
        let steps: Vec<&str> = plan.iter().map(|row| row.text(3).unwrap()).collect();
        assert!(steps.iter().all(|step| !step.contains("SCAN")), "{steps:?}");
    }
}
