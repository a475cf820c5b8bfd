//! Work that several workers claim goes to one of them.

use std::collections::BTreeSet;

use crate::support::{Done, on_each};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_workers_share_the_errands_without_doing_any_twice() {
    on_each(async |db| {
        db.write((), |tx, ()| {
            Box::pin(async move {
                for id in 0..100 {
                    let sql = "INSERT INTO errand (id, lease) VALUES ($1, 0)";
                    tx.execute(sql, &[id.into()]).await?;
                }
                Done::Ok(())
            })
        })
        .await
        .unwrap();
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let db = db.clone();
            workers.spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let claimed = claim(&db).await.unwrap();
                    if claimed.is_empty() {
                        return mine;
                    }
                    mine.extend(claimed);
                }
            });
        }
        let mut all = Vec::new();
        while let Some(mine) = workers.join_next().await {
            all.extend(mine.unwrap());
        }
        assert_eq!(all.len(), 100);
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 100);
    })
    .await;
}

async fn claim(db: &postern_store::Db) -> Done<Vec<i64>> {
    db.write((), |tx, ()| {
        Box::pin(async move {
            let sql = format!(
                "UPDATE errand SET lease = $1 WHERE id IN \
                 (SELECT id FROM errand WHERE lease < $1 ORDER BY id LIMIT $2{}) RETURNING id",
                tx.skip_locked()
            );
            tx.query(&sql, &[60.into(), 7.into()]).await?.iter().map(|row| row.int(0)).collect()
        })
    })
    .await
}
