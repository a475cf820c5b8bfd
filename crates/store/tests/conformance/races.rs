//! Many at once change one row, and every change counts.

use std::collections::BTreeSet;

use postern_core::entity::Stored;
use postern_store::documents::{self, Condition};

use crate::support::{Done, Maker, NOW, Thing, find, insert, number, on_each};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_that_read_first_lose_no_update() {
    on_each(async |db| {
        let stored = Maker::new().named("hot");
        insert(&db, stored.clone()).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (db, key) = (db.clone(), (stored.environment, stored.id));
            tasks.spawn(async move {
                for _ in 0..25 {
                    db.write(key, |tx, (env, id)| {
                        Box::pin(async move {
                            let mut stored = documents::find::<Thing>(tx, *env, *id).await?.unwrap();
                            stored.body.size += 1;
                            documents::update(tx, &mut stored, NOW).await
                        })
                    })
                    .await
                    .unwrap();
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        let found = find(&db, stored.environment, stored.id).await.unwrap();
        assert_eq!((found.size, found.rev), (200, 201));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_referred_to_does_not_go() {
    on_each(async |db| {
        let maker = Maker::new();
        for round in 1..40 {
            let owner = maker.named(&format!("owner {round}"));
            insert(&db, owner.clone()).await.unwrap();
            let mut tasks = tokio::task::JoinSet::new();
            for part in 0..3 {
                let child = Thing { size: round, ..Thing::named(&format!("child {round} {part}")) };
                let (db, work) = (db.clone(), (owner.clone(), maker.thing(child)));
                tasks.spawn(async move { refer(&db, work).await });
            }
            let remover = (db.clone(), owner.clone());
            tasks.spawn(async move { remove_unused(&remover.0, (remover.1, round)).await });
            while let Some(done) = tasks.join_next().await {
                done.unwrap().unwrap();
            }
            let left = find(&db, maker.env, owner.id).await.is_some();
            let children = number(&db, &format!("SELECT COUNT(*) FROM thing WHERE size = {round}")).await;
            assert!(left || children == 0, "round {round}: {children} refer to what is gone");
        }
    })
    .await;
}

async fn refer(db: &postern_store::Db, work: (Stored<Thing>, Stored<Thing>)) -> Done {
    db.write(work, |tx, (owner, child)| {
        Box::pin(async move {
            match documents::find_shared::<Thing>(tx, owner.environment, owner.id).await? {
                Some(_) => documents::insert(tx, child).await,
                None => Ok(()),
            }
        })
    })
    .await
}

async fn remove_unused(db: &postern_store::Db, work: (Stored<Thing>, i64)) -> Done {
    db.write(work, |tx, (owner, round)| {
        Box::pin(async move {
            let Some(owner) = documents::find_locked::<Thing>(tx, owner.environment, owner.id).await? else {
                return Ok(());
            };
            let children = Condition::equals("size", *round);
            match documents::count::<Thing>(tx, owner.environment, &children, 1).await? {
                0 => documents::remove(tx, &owner).await,
                _ => Ok(()),
            }
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_counter_gives_each_caller_its_own_number() {
    on_each(async |db| {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let db = db.clone();
            tasks.spawn(async move {
                let mut hits = Vec::new();
                for _ in 0..25 {
                    hits.push(hit(&db).await.unwrap());
                }
                hits
            });
        }
        let mut seen = BTreeSet::new();
        while let Some(hits) = tasks.join_next().await {
            seen.extend(hits.unwrap());
        }
        assert_eq!(seen, (1..=400).collect());
        assert_eq!(number(&db, "SELECT hits FROM counter").await, 400);
    })
    .await;
}

async fn hit(db: &postern_store::Db) -> Done<i64> {
    db.write((), |tx, ()| {
        Box::pin(async move {
            let sql = "INSERT INTO counter (name, hits) VALUES ($1, 1) \
                       ON CONFLICT (name) DO UPDATE SET hits = counter.hits + 1 RETURNING hits";
            tx.query_opt(sql, &["a".into()]).await?.unwrap().int(0)
        })
    })
    .await
}
