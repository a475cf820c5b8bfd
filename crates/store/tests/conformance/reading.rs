//! What readers see, and that they only read.

use postern_store::Value;

use crate::support::{Maker, insert, number, on_each, things};

#[tokio::test]
async fn a_write_that_returned_is_seen_by_every_later_read() {
    on_each(async |db| {
        let maker = Maker::new();
        for count in 1..=50 {
            insert(&db, maker.named(&format!("n{count}"))).await.unwrap();
            assert_eq!(things(&db).await, count);
        }
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_keeps_its_state_while_others_write() {
    on_each(async |db| {
        let maker = Maker::new();
        let sql = "SELECT COUNT(*) FROM thing";
        insert(&db, maker.named("before")).await.unwrap();
        let mut snapshot = db.snapshot().await.unwrap();
        assert_eq!(snapshot.query(sql, &[]).await.unwrap()[0].int(0), Ok(1));
        insert(&db, maker.named("after")).await.unwrap();
        assert_eq!(snapshot.query(sql, &[]).await.unwrap()[0].int(0), Ok(1));
        drop(snapshot);
        assert_eq!(number(&db, sql).await, 2);
        let mut snapshot = db.snapshot().await.unwrap();
        assert_eq!(snapshot.query(sql, &[]).await.unwrap()[0].int(0), Ok(2));
    })
    .await;
}

#[tokio::test]
async fn a_reader_cannot_write() {
    on_each(async |db| {
        let sql = "INSERT INTO counter (name, hits) VALUES ('a', 1)";
        let returning = format!("{sql} RETURNING hits");
        for mut tx in [db.read().await.unwrap(), db.snapshot().await.unwrap()] {
            assert!(tx.query(&returning, &[]).await.is_err());
            assert!(tx.execute(sql, &[]).await.is_err());
        }
        assert_eq!(number(&db, "SELECT COUNT(*) FROM counter").await, 0);
    })
    .await;
}

#[tokio::test]
async fn more_readers_than_connections_wait_for_their_turn() {
    on_each(async |db| {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let db = db.clone();
            tasks.spawn(async move {
                let mut snapshot = db.snapshot().await.unwrap();
                tokio::task::yield_now().await;
                snapshot.query("SELECT 1", &[]).await.unwrap().len()
            });
        }
        while let Some(rows) = tasks.join_next().await {
            assert_eq!(rows.unwrap(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn placeholders_go_by_their_number_not_by_their_order() {
    on_each(async |db| {
        let sql = "SELECT name FROM tag WHERE env = $2 AND name = $1 AND name = $1";
        let env = Maker::new().random.uuid();
        db.write(env, |tx, env| {
            let sql = "INSERT INTO tag (data, name, env) VALUES ($3, $2, $1)";
            let params = [(*env).into(), "a".into(), Value::Bytes(vec![0, 255])];
            Box::pin(async move { tx.execute(sql, &params).await })
        })
        .await
        .unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(tx.query(sql, &["a".into(), env.into()]).await.unwrap().len(), 1);
        let data = tx.query("SELECT data, env, NULL FROM tag", &[]).await.unwrap();
        assert_eq!(data[0].bytes(0), Ok([0, 255].as_slice()));
        assert_eq!(data[0].uuid(1), Ok(env));
        assert_eq!(data[0].opt_text(2), Ok(None));
        assert!(data[0].int(1).is_err() && data[0].int(3).is_err());
    })
    .await;
}

#[tokio::test]
async fn too_few_or_too_many_parameters_are_refused() {
    on_each(async |db| {
        let mut tx = db.read().await.unwrap();
        let sql = "SELECT name FROM counter WHERE name = $1";
        assert!(tx.query(sql, &[]).await.is_err());
        assert!(tx.query(sql, &["a".into(), "b".into()]).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_database_answers_until_it_is_closed() {
    on_each(async |db| {
        assert_eq!(db.ping().await, Ok(()));
        db.close().await;
        assert!(db.ping().await.is_err());
        assert!(db.read().await.is_err());
        assert!(insert(&db, Maker::new().named("late")).await.is_err());
        db.close().await;
    })
    .await;
}
