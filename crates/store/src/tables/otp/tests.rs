//! Tries and codes when many want them at once, on each database.

use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::entity::Stored;
use postern_core::ids::UserId;
use postern_core::random::Random;
use postern_core::time::Span;

use super::*;
use crate::documents;
use crate::fixture::TestDb;
use crate::sql::Db;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const AT_ONCE: usize = 12;

fn somebody() -> (EnvironmentId, DeviceId) {
    let random = Random::seeded(1);
    (EnvironmentId::new(&random), DeviceId::new(&random))
}

/// Databases with the device, which those who count its tries lock.
async fn with_device() -> Vec<TestDb> {
    let tests = TestDb::all().await;
    for test in &tests {
        let made: Result<()> = test
            .db()
            .write((), |tx, ()| {
                Box::pin(async move {
                    let (environment, id) = somebody();
                    let device = Device::new(UserId::NIL, DeviceType::Sms, DeviceStatus::Active, NOW);
                    documents::insert(tx, &Stored::new(environment, id, NOW, device)).await
                })
            })
            .await;
        made.unwrap();
    }
    tests
}

/// Takes one of `allowed` tries, of which a life has `most`, as who gives a wrong answer does.
async fn take_try(
    tx: &mut Tx,
    environment: EnvironmentId,
    device: DeviceId,
    allowed: i64,
    most: i64,
) -> Result<Option<Tries>> {
    let before = tries_to_count(tx, environment, device).await?;
    if before.spent >= allowed || before.ever >= most {
        return Ok(None);
    }
    count_try(tx, environment, device).await?;
    Ok(Some(Tries { spent: before.spent + 1, ever: before.ever + 1 }))
}

/// Runs the work in so many transactions at once.
async fn at_once<T, F>(db: &Db, work: F) -> Vec<T>
where
    T: Send + 'static,
    F: for<'t> Fn(&'t mut Tx) -> crate::BoxFuture<'t, Result<T>> + Copy + Send + Sync + 'static,
{
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let db = db.clone();
        tasks.spawn(async move { db.write((), move |tx, ()| work(tx)).await });
    }
    tasks.join_all().await.into_iter().collect::<Result<Vec<T>>>().unwrap()
}

async fn spent(db: &Db) -> Tries {
    let (environment, device) = somebody();
    tries(&mut db.read().await.unwrap(), environment, device).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_more_tries_are_taken_than_allowed_however_many_come_at_once() {
    for test in with_device().await {
        let db = test.db();
        let taken = at_once(&db, |tx| {
            Box::pin(async move {
                let (environment, device) = somebody();
                take_try(tx, environment, device, 3, 100).await
            })
        })
        .await;
        let mut spent_by: Vec<i64> = taken.into_iter().flatten().map(|tries| tries.spent).collect();
        spent_by.sort_unstable();
        assert_eq!(spent_by, [1, 2, 3]);
        assert_eq!(spent(&db).await, Tries { spent: 3, ever: 3 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_more_tries_are_taken_in_a_life_however_often_they_are_renewed() {
    for test in with_device().await {
        let db = test.db();
        let taken = at_once(&db, |tx| {
            Box::pin(async move {
                let (environment, device) = somebody();
                let taken = take_try(tx, environment, device, 7, 5).await?;
                renew_tries(tx, environment, device).await?;
                Ok(taken)
            })
        })
        .await;
        assert_eq!(taken.into_iter().flatten().count(), 5);
        assert_eq!(spent(&db).await, Tries { spent: 0, ever: 5 });
        let again: Result<Option<Tries>> = db
            .write((), |tx, ()| {
                Box::pin(async move {
                    let (environment, device) = somebody();
                    reset_tries(tx, environment, device).await?;
                    take_try(tx, environment, device, 7, 5).await
                })
            })
            .await;
        assert_eq!(again.unwrap(), Some(Tries { spent: 1, ever: 1 }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_policy_that_is_lowered_gives_no_try_beyond_those_that_are_spent() {
    for test in with_device().await {
        let db = test.db();
        for (allowed, left) in [(5, 5), (3, 0), (5, 0), (7, 2)] {
            let mut taken = 0;
            for _ in 0..10 {
                let one: Result<Option<Tries>> = db
                    .write(allowed, |tx, allowed| {
                        Box::pin(async move {
                            let (environment, device) = somebody();
                            take_try(tx, environment, device, *allowed, 100).await
                        })
                    })
                    .await;
                taken += usize::from(one.unwrap().is_some());
            }
            assert_eq!(taken, left, "{allowed} are allowed");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_is_consumed_by_one_of_many() {
    for test in TestDb::all().await {
        let db = test.db();
        let kept: Result<()> = db
            .write((), |tx, ()| {
                Box::pin(async move {
                    let (environment, device) = somebody();
                    let id = pairing(device);
                    let expires_at = NOW.plus(Span::minutes(30));
                    put(tx, &Challenge { environment, id, device, digest: vec![1], expires_at }).await
                })
            })
            .await;
        kept.unwrap();
        let consumed = at_once(&db, |tx| {
            Box::pin(async move {
                let (environment, device) = somebody();
                consume(tx, environment, pairing(device)).await
            })
        })
        .await;
        assert_eq!(consumed.into_iter().filter(|won| *won).count(), 1);
    }
}
