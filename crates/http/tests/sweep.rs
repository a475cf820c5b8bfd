//! What has had its time goes, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test stops where it broke")]

use postern_core::ids::{DeviceId, EnvironmentId, MessageId};
use postern_core::time::{Span, Timestamp};
use postern_engine::sweep::{self, Limits, Swept};
use postern_store::StoreError;
use postern_store::tables::outbox::{self, NewMessage};
use postern_store::tables::purge;
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
                    let sql = "INSERT INTO otp_failure (env, device_id, failures) VALUES ($1, $2, 1)";
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
