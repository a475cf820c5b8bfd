//! The store without a server: the rows of a device, or of a whole transaction, written in groups by as many tasks.
//!
//! Only the statements that change something; what a request reads before is the server's business.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::entity::Stored;
use postern_core::ids::{
    ApplicationId, DeviceId, EnvironmentId, EventId, FlowId, Id, MessageId, SessionId, UserId,
};
use postern_core::random::Random;
use postern_core::time::{Span, Timestamp};
use postern_store::tables::account_failure;
use postern_store::tables::audit_event::{self, AuditEvent};
use postern_store::tables::authorization_code::{self, CodeRow};
use postern_store::tables::otp::{self, Challenge};
use postern_store::tables::outbox::{self, NewMessage};
use postern_store::tables::session::{self, SessionRow};
use postern_store::{BoxFuture, Db, DbConfig, StoreError, Tx, documents, migrate};

use super::apart;
use crate::clock;
use crate::load::{Histogram, Outcome, Shape};

/// As long as the server's.
const EVENT: usize = 420;
const FLOW: usize = 1500;
const PAYLOAD: usize = 900;
const CODE: usize = 400;
const SESSION: usize = 160;

/// Writes devices, each with its two audit events.
///
/// # Errors
/// When the database fails.
pub(crate) async fn bare_store(database: DbConfig, tasks: usize, shape: Shape) -> anyhow::Result<Outcome> {
    apart(move || measure(database, tasks, shape, &[device])).await
}

/// Writes what a transaction writes, in the same three steps: start, hand-over, check.
///
/// # Errors
/// When the database fails.
pub(crate) async fn bare_transaction(
    database: DbConfig,
    tasks: usize,
    shape: Shape,
) -> anyhow::Result<Outcome> {
    apart(move || measure(database, tasks, shape, &[start, hand_over, check])).await
}

type Step = for<'t> fn(&'t mut Tx, &'t Ids) -> BoxFuture<'t, Result<(), StoreError>>;

/// The ids of one round.
struct Ids {
    random: Random,
    environment: EnvironmentId,
    user: UserId,
    device: DeviceId,
    flow: FlowId,
    message: MessageId,
    now: Timestamp,
    number: u64,
}

async fn measure(
    database: DbConfig,
    tasks: usize,
    shape: Shape,
    steps: &'static [Step],
) -> anyhow::Result<Outcome> {
    let db = Db::open(&database).await?;
    migrate::run(&db, clock::wall()).await?;
    let random = Random::system();
    let environment = EnvironmentId::new(&random);
    let numbers = Arc::new(AtomicU64::new(0));
    let from = clock::now() + shape.warm_up;
    let until = from + shape.measured;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..tasks {
        let (db, random, numbers) = (db.clone(), random.clone(), Arc::clone(&numbers));
        running.spawn(async move {
            let (mut rounds, mut times) = (0, Histogram::default());
            loop {
                let began = clock::now();
                if began >= until {
                    return Ok::<_, StoreError>((rounds, times));
                }
                let now = clock::wall();
                let ids = Ids {
                    environment,
                    user: UserId::new(&random),
                    device: DeviceId::at(now, &random),
                    flow: FlowId::at(now, &random),
                    message: MessageId::at(now, &random),
                    now,
                    number: numbers.fetch_add(1, Ordering::Relaxed),
                    random: random.clone(),
                };
                round(&db, ids, steps).await?;
                if (from..until).contains(&clock::now()) {
                    rounds += 1;
                    times.record(began.elapsed());
                }
            }
        });
    }
    let mut all = Outcome { seconds: shape.measured.as_secs_f64(), ..Outcome::default() };
    while let Some(done) = running.join_next().await {
        let (rounds, times) = done??;
        all.calls += rounds;
        all.times.merge(&times);
    }
    db.close().await;
    Ok(all)
}

async fn round(db: &Db, ids: Ids, steps: &'static [Step]) -> Result<(), StoreError> {
    let ids = Arc::new(ids);
    for step in steps {
        db.write(Arc::clone(&ids), move |tx, ids| step(tx, ids)).await?;
    }
    Ok(())
}

fn device<'t>(tx: &'t mut Tx, ids: &'t Ids) -> BoxFuture<'t, Result<(), StoreError>> {
    Box::pin(async move {
        let device = Device {
            phone: Some(format!("+{}", crate::scene::number(ids.number))),
            policy: Some(Id::from_uuid(ids.user.uuid())),
            ..Device::new(ids.user, DeviceType::Sms, DeviceStatus::Active, ids.now)
        };
        documents::insert(tx, &Stored::new(ids.environment, ids.device, ids.now, device)).await?;
        event(tx, ids, "DEVICE.CREATED").await?;
        event(tx, ids, "DEVICE.ACTIVATED").await
    })
}

fn start<'t>(tx: &'t mut Tx, ids: &'t Ids) -> BoxFuture<'t, Result<(), StoreError>> {
    Box::pin(async move {
        otp::put(
            tx,
            &Challenge {
                environment: ids.environment,
                id: ids.flow.uuid(),
                device: ids.device,
                digest: vec![7; 32],
                expires_at: ids.now.plus(Span::minutes(30)),
            },
        )
        .await?;
        outbox::enqueue(
            tx,
            &NewMessage {
                environment: ids.environment,
                id: ids.message,
                channel: "SMS",
                payload: text(PAYLOAD),
                user: Some(ids.user),
                device: Some(ids.device),
                created_at: ids.now,
                expires_at: ids.now.plus(Span::minutes(30)),
            },
        )
        .await?;
        let sql = "INSERT INTO flow (env, id, rev, created_at, updated_at, user_id, expires_at, body) VALUES ($1, $2, 1, $3, $3, $4, $5, $6)";
        let ends = ids.now.plus(Span::minutes(15));
        let params = [
            ids.environment.into(),
            ids.flow.into(),
            ids.now.into(),
            ids.user.into(),
            ends.into(),
            text(FLOW).into(),
        ];
        tx.execute(sql, &params).await.map(drop)
    })
}

fn hand_over<'t>(tx: &'t mut Tx, ids: &'t Ids) -> BoxFuture<'t, Result<(), StoreError>> {
    Box::pin(async move {
        let lease = "UPDATE outbox SET lease_until = $3 WHERE env = $1 AND id = $2";
        let until = ids.now.plus(Span::minutes(1));
        tx.execute(lease, &[ids.environment.into(), ids.message.into(), until.into()]).await?;
        let attempt = "INSERT INTO outbox_attempt (env, message_id, number, at, provider, outcome, duration_ms) \
                       VALUES ($1, $2, 1, $3, 'CUSTOM_PROVIDER', 'ACCEPTED', 1)";
        tx.execute(attempt, &[ids.environment.into(), ids.message.into(), ids.now.into()]).await?;
        let settle = "UPDATE outbox SET status = 'SENT', due_at = $3, finished_at = $3, attempts = 1, lease_until = 0, payload = NULL \
                      WHERE env = $1 AND id = $2 AND status = 'PENDING'";
        tx.execute(settle, &[ids.environment.into(), ids.message.into(), ids.now.into()]).await.map(drop)
    })
}

fn check<'t>(tx: &'t mut Tx, ids: &'t Ids) -> BoxFuture<'t, Result<(), StoreError>> {
    Box::pin(async move {
        otp::consume(tx, ids.environment, ids.flow.uuid()).await?;
        account_failure::reset(tx, ids.environment, ids.user).await?;
        event(tx, ids, "OTP.CHECK_SUCCESS").await?;
        session::insert(
            tx,
            &SessionRow {
                environment: ids.environment,
                id: SessionId::at(ids.now, &ids.random),
                user: ids.user,
                token_digest: ids.random.bytes::<32>().to_vec(),
                created_at: ids.now,
                active_at: ids.now,
                expires_at: ids.now.plus(Span::hours(1)),
                body: text(SESSION),
            },
        )
        .await?;
        authorization_code::put(
            tx,
            &CodeRow {
                environment: ids.environment,
                digest: ids.random.bytes::<32>().to_vec(),
                application: ApplicationId::from_uuid(ids.user.uuid()),
                body: text(CODE),
                expires_at: ids.now.plus(Span::minutes(1)),
                used_at: None,
                family: None,
            },
        )
        .await?;
        let sql =
            "UPDATE flow SET rev = 2, updated_at = $3, body = $4 WHERE env = $1 AND id = $2 AND rev = 1";
        tx.execute(sql, &[ids.environment.into(), ids.flow.into(), ids.now.into(), text(FLOW).into()])
            .await
            .map(drop)
    })
}

async fn event(tx: &mut Tx, ids: &Ids, action: &str) -> Result<(), StoreError> {
    let millis = u64::try_from(ids.now.millis()).unwrap_or_default();
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &ids.random.bytes::<10>()).into_uuid();
    let row = AuditEvent {
        environment: ids.environment,
        id: EventId::from_uuid(id),
        recorded_at: ids.now,
        action: action.to_owned(),
        body: text(EVENT),
    };
    audit_event::insert(tx, &row).await
}

fn text(length: usize) -> String {
    "x".repeat(length)
}
