//! A write happens whole or not at all, and its neighbours do not notice.

use postern_store::{StoreError, documents};

use crate::support::{Done, Maker, NOW, Thing, find, insert, on_each, things};

/// The error of code above the store.
#[derive(Debug, PartialEq)]
enum Refusal {
    Rule,
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

#[tokio::test]
async fn a_refused_write_leaves_nothing_and_returns_its_own_error() {
    on_each(async |db| {
        let result = db
            .write(Maker::new().named("no"), |tx, stored| {
                Box::pin(async move {
                    documents::insert(tx, stored).await?;
                    Err::<(), _>(Refusal::Rule)
                })
            })
            .await;
        assert_eq!(result, Err(Refusal::Rule));
        assert_eq!(things(&db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_panic_undoes_its_write_and_harms_no_other() {
    on_each(async |db| {
        let maker = Maker::new();
        let result = db
            .write(maker.named("no"), |tx, stored| {
                Box::pin(async move {
                    documents::insert(tx, stored).await?;
                    assert!(stored.name.is_empty(), "this panic is part of a test");
                    Done::Ok(())
                })
            })
            .await;
        assert_eq!(result, Err(StoreError::Unavailable("the work panicked".to_owned())));
        insert(&db, maker.named("yes")).await.unwrap();
        assert_eq!(things(&db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_failure_that_the_work_swallows_still_undoes_it() {
    on_each(async |db| {
        let maker = Maker::new();
        insert(&db, maker.named("taken")).await.unwrap();
        let both = (maker.named("new"), maker.named("taken"));
        let result = db
            .write(both, |tx, (new, taken)| {
                Box::pin(async move {
                    documents::insert(tx, new).await?;
                    assert!(documents::insert(tx, taken).await.is_err());
                    assert!(tx.query("SELECT 1", &[]).await.is_err());
                    Done::Ok(())
                })
            })
            .await;
        assert!(matches!(result, Err(StoreError::Conflict { .. })));
        assert_eq!(things(&db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_write_that_failed_does_not_taint_the_next() {
    on_each(async |db| {
        let maker = Maker::new();
        let stored = maker.named("a");
        insert(&db, stored.clone()).await.unwrap();
        for _ in 0..20 {
            assert!(insert(&db, maker.named("a")).await.is_err());
        }
        let again = db
            .write(stored.clone(), |tx, stored| {
                Box::pin(async move { documents::update(tx, &mut stored.clone(), NOW).await })
            })
            .await;
        assert_eq!(again, Ok(()));
        assert_eq!(find(&db, maker.env, stored.id).await.unwrap().rev, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_tasks_lose_no_insert_and_only_refusals_are_missing() {
    on_each(async |db| {
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..64 {
            let db = db.clone();
            tasks.spawn(async move {
                let env = Maker::new().env;
                let random = postern_core::random::Random::system();
                for number in 0..20 {
                    let id = postern_core::ids::DeviceId::new(&random);
                    let thing = Thing::named(&format!("{task}-{number}"));
                    let stored = postern_core::entity::Stored::new(env, id, NOW, thing);
                    let refuse = number % 5 == 4;
                    let result = db
                        .write((stored, refuse), |tx, (stored, refuse)| {
                            Box::pin(async move {
                                documents::insert(tx, stored).await?;
                                if *refuse { Err(Refusal::Rule) } else { Ok(()) }
                            })
                        })
                        .await;
                    assert_eq!(result.is_err(), refuse, "{result:?}");
                    assert_eq!(find(&db, env, id).await.is_some(), !refuse);
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        assert_eq!(things(&db).await, 64 * 16);
    })
    .await;
}

#[tokio::test]
async fn what_goes_out_later_is_seen_by_the_next_statement_and_kept_by_the_commit() {
    on_each(async |db| {
        let maker = Maker::new();
        let (first, second) = (maker.named("first"), maker.named("second"));
        let seen = db
            .write((first.clone(), second), |tx, (first, second)| {
                Box::pin(async move {
                    documents::insert_later(tx, first).await?;
                    let seen = documents::find::<Thing>(tx, first.environment, first.id).await?;
                    documents::insert_later(tx, second).await?;
                    Done::Ok(seen)
                })
            })
            .await;
        assert_eq!(seen, Ok(Some(first)));
        assert_eq!(things(&db).await, 2);
    })
    .await;
}

#[tokio::test]
async fn what_fails_on_its_way_with_the_commit_undoes_the_work() {
    on_each(async |db| {
        let maker = Maker::new();
        let twins = (maker.named("other"), maker.named("twin"), maker.named("twin"));
        let result: Done = db
            .write(twins, |tx, (other, one, same)| {
                Box::pin(async move {
                    documents::insert(tx, other).await?;
                    documents::insert_later(tx, one).await?;
                    documents::insert_later(tx, same).await
                })
            })
            .await;
        assert!(matches!(result, Err(StoreError::Conflict { index, .. }) if index == "thing_name"));
        assert_eq!(things(&db).await, 0);
        insert(&db, maker.named("twin")).await.unwrap();
        assert_eq!(things(&db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn many_statements_that_go_out_later_are_all_kept() {
    on_each(async |db| {
        let maker = Maker::new();
        let all: Vec<_> = (0..50).map(|number| maker.named(&format!("n{number}"))).collect();
        let done: Done = db
            .write(all, |tx, all| {
                Box::pin(async move {
                    for one in all {
                        documents::insert_later(tx, one).await?;
                    }
                    Ok(())
                })
            })
            .await;
        assert_eq!((done, things(&db).await), (Ok(()), 50));
    })
    .await;
}
