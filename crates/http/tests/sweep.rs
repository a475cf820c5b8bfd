//! What has had its time goes, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test stops where it broke")]

use postern_core::ids::{DeviceId, EnvironmentId, EventId, Id, MessageId, UserId};
use postern_core::time::{Span, Timestamp};
use postern_engine::sweep::{self, Limits, Swept};
use postern_store::StoreError;
use postern_store::tables::audit_event::{self, AuditEvent};
use postern_store::tables::outbox::{self, NewMessage};
use postern_store::tables::purge;
use postern_store::tables::sent_quota::{self, ChannelGroup, Limit, Sending};
use postern_testkit::TestApp;

async fn swept(app: &TestApp, limits: Limits) -> Swept {
    let swept = sweep::run_once(&app.db(), &app.ctx(), limits).await;
    assert!(swept.failed.is_empty(), "{swept:?}");
    swept
}

async fn message_failed_at(app: &TestApp, at: Timestamp) {
    let random = &app.app().parts.random;
    let message = NewMessage {
        environment: app.environment(),
        id: MessageId::new(random),
        channel: "SMS",
        payload: String::new(),
        user: None,
        device: None,
        created_at: at,
        expires_at: at,
    };
    let done: Result<(), StoreError> = app
        .db()
        .write((message, at), |tx, (message, at)| {
            Box::pin(async move {
                outbox::enqueue(tx, message).await?;
                let sql = "UPDATE outbox SET status = 'FAILED', finished_at = $1 WHERE id = $2";
                tx.execute(sql, &[(*at).into(), message.id.into()]).await.map(drop)
            })
        })
        .await;
    done.unwrap();
}

#[tokio::test]
async fn records_of_messages_go_seven_days_after_their_end() {
    TestApp::each(|app| async move {
        for days in [8, 6] {
            message_failed_at(&app, app.now().minus(Span::days(days))).await;
        }
        assert_eq!(swept(&app, Limits::default()).await.removed, [("outbox", 1)]);
        assert_eq!(swept(&app, Limits::default()).await, Swept::default());
    })
    .await;
}

#[tokio::test]
async fn what_a_deleted_environment_held_goes_in_small_steps() {
    TestApp::each(|app| async move {
        let gone = EnvironmentId::new(&app.app().parts.random);
        let device = DeviceId::new(&app.app().parts.random);
        let done: Result<(), StoreError> = app
            .db()
            .write((gone, device), |tx, (gone, device)| {
                Box::pin(async move {
                    let sql =
                        "INSERT INTO otp_failure (env, device_id, failures, ever) VALUES ($1, $2, 1, 1)";
                    tx.execute(sql, &[(*gone).into(), (*device).into()]).await?;
                    purge::schedule(tx, *gone).await
                })
            })
            .await;
        done.unwrap();
        let one_step = swept(&app, Limits { batch: 100, rounds: 1 }).await;
        assert!(one_step.more, "{one_step:?}");
        swept(&app, Limits::default()).await;
        let mut tx = app.db().read().await.unwrap();
        for sql in ["SELECT env FROM otp_failure", "SELECT env FROM environment_purge"] {
            assert!(tx.query(sql, &[]).await.unwrap().is_empty(), "{sql}");
        }
        drop(tx);
        assert_eq!(swept(&app, Limits::default()).await, Swept::default());
    })
    .await;
}

#[tokio::test]
async fn expired_sign_ons_go_and_the_others_stay() {
    TestApp::each(|app| async move {
        let insert =
            |id: u128, expires_at: Timestamp| (uuid::Uuid::from_u128(id), app.environment(), expires_at);
        let rows =
            vec![insert(1, app.now().minus(Span::seconds(1))), insert(2, app.now().plus(Span::hours(1)))];
        let done: Result<(), StoreError> = app
            .db()
            .write(rows, |tx, rows| {
                Box::pin(async move {
                    for (id, environment, expires_at) in rows {
                        let sql = "INSERT INTO flow (env, id, rev, created_at, updated_at, expires_at, body) \
                                   VALUES ($1, $2, 1, 0, 0, $3, '{}')";
                        tx.execute(sql, &[(*environment).into(), (*id).into(), (*expires_at).into()]).await?;
                    }
                    Ok(())
                })
            })
            .await;
        done.unwrap();
        assert_eq!(swept(&app, Limits::default()).await.removed, [("flow", 1)]);
    })
    .await;
}

#[tokio::test]
async fn audit_events_of_every_environment_go_after_ninety_days() {
    TestApp::each(|app| async move {
        let random = app.app().parts.random.clone();
        let mut events = Vec::new();
        for environment in [1, 7, 9].map(|n| EnvironmentId::from_uuid(uuid::Uuid::from_u128(n << 120))) {
            for days in [100, 91, 89, 0] {
                let recorded_at = app.now().minus(Span::days(days));
                let millis = u64::try_from(recorded_at.millis()).unwrap();
                let id = uuid::Builder::from_unix_timestamp_millis(millis, &random.bytes()).into_uuid();
                let (action, body) = ("X".to_owned(), "{}".to_owned());
                events.push(AuditEvent {
                    environment,
                    id: EventId::from_uuid(id),
                    recorded_at,
                    action,
                    body,
                });
            }
        }
        let done: Result<(), StoreError> = app
            .db()
            .write(events.clone(), |tx, events| {
                Box::pin(async move {
                    for event in events {
                        audit_event::insert(tx, event).await?;
                    }
                    Ok(())
                })
            })
            .await;
        done.unwrap();
        let step = swept(&app, Limits { batch: 4, rounds: 1 }).await;
        assert_eq!((step.removed, step.more), (vec![("audit_event", 4)], true));
        assert_eq!(swept(&app, Limits::default()).await.removed, [("audit_event", 2)]);
        let mut tx = app.db().read().await.unwrap();
        for kept in events.chunks(4) {
            let left = audit_event::latest(&mut tx, kept[0].environment, 10).await.unwrap();
            assert_eq!(left, [kept[3].clone(), kept[2].clone()]);
        }
    })
    .await;
}

#[tokio::test]
async fn counts_of_messages_go_when_their_day_is_over_everywhere() {
    TestApp::each(|app| async move {
        let today = app.now().seconds() / 86_400;
        let user = UserId::new(&app.app().parts.random);
        let count = |day| Sending { environment: app.environment(), user, group: ChannelGroup::Email, day };
        for sending in [today - 2, today - 1, today].map(count) {
            let counted: Result<bool, StoreError> = app
                .db()
                .write(sending, |tx, sending| {
                    Box::pin(async move { sent_quota::take(tx, sending, Limit::total(1)).await })
                })
                .await;
            assert!(counted.unwrap());
        }
        assert_eq!(swept(&app, Limits::default()).await.removed, [("sent_quota", 1)]);
        assert_eq!(swept(&app, Limits::default()).await, Swept::default());
    })
    .await;
}

#[tokio::test]
async fn a_signing_key_is_replaced_after_ninety_days_by_one_node_alone_and_nobody_notices() {
    TestApp::each(|app| async move {
        let jwks = || async {
            let keys = app.anonymous().get(&app.auth_path("/as/jwks")).await.expect(200);
            keys["keys"].as_array().unwrap().len()
        };
        let rotated = [("signing_key_rotation", 1)];
        app.advance(Span::days(89));
        assert!(
            swept(&app, Limits::default())
                .await
                .removed
                .iter()
                .all(|(name, _)| *name != "signing_key_rotation")
        );
        app.advance(Span::days(1));
        let (db, ctx) = (app.db(), app.ctx());
        let (one, other) = tokio::join!(
            sweep::run_once(&db, &ctx, Limits::default()),
            sweep::run_once(&db, &ctx, Limits::default())
        );
        let all: Vec<_> = one.removed.into_iter().chain(other.removed).collect();
        assert_eq!(all, rotated, "only one of two nodes replaces the key");
        assert!(swept(&app, Limits::default()).await.removed.is_empty());

        app.advance(Span::seconds(61));
        assert_eq!(jwks().await, 2, "the new key is published before it signs");
        let (id, secret) = app.worker();
        let kid = |token: &str| {
            let header =
                data_encoding::BASE64URL_NOPAD.decode(token.split('.').next().unwrap().as_bytes()).unwrap();
            String::from_utf8(header).unwrap()
        };
        let before = app.client_token(&id, &secret).await;
        app.advance(Span::minutes(5));
        let after = app.client_token(&id, &secret).await;
        assert_ne!(kid(&before), kid(&after));
        app.token(&before).get("/v1/environments").await.expect(200);
        app.token(&after).get("/v1/environments").await.expect(200);
    })
    .await;
}
