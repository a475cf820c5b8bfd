//! Many at once change one row, and every change counts.

use std::collections::BTreeSet;

use postern_store::documents;

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
