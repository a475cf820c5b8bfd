//! What only a server does to its callers: collisions, and connections that end.

use std::sync::atomic::{AtomicU32, Ordering};

use postern_store::fixture::Place;
use postern_store::migrate::run_list;
use postern_store::{Db, StoreError, documents};

use crate::support::{Done, Maker, NOW, STEPS, find, insert, opened, things, until};

#[tokio::test]
async fn a_serialization_failure_runs_the_work_again() {
    let Some(place) = Place::postgres().await else { return };
    let (db, maker) = (opened(&place).await, Maker::new());
    for code in ["40001", "40P01"] {
        let define = format!(
            "CREATE OR REPLACE FUNCTION collide() RETURNS bigint LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'collision' USING ERRCODE = '{code}'; END $$"
        );
        db.write(define, |tx, define| Box::pin(async move { tx.execute(define, &[]).await })).await.unwrap();
        let tries = db
            .write((AtomicU32::new(0), maker.named(code)), |tx, (tries, stored)| {
                Box::pin(async move {
                    documents::insert(tx, stored).await?;
                    if tries.fetch_add(1, Ordering::Relaxed) < 2 {
                        tx.query("SELECT collide()", &[]).await?;
                    }
                    Done::Ok(tries.load(Ordering::Relaxed))
                })
            })
            .await;
        assert_eq!(tries, Ok(3));
    }
    assert_eq!(things(&db).await, 2);
    let endless: Done<_> =
        db.write((), |tx, ()| Box::pin(async move { tx.query("SELECT collide()", &[]).await })).await;
    assert_eq!(endless, Err(StoreError::Busy));
}

#[tokio::test]
async fn ended_connections_are_replaced_without_an_error() {
    let Some(place) = Place::postgres().await else { return };
    let (db, maker) = (opened(&place).await, Maker::new());
    for round in 0..5 {
        let stored = maker.named(&format!("n{round}"));
        insert(&db, stored.clone()).await.unwrap();
        assert!(find(&db, maker.env, stored.id).await.is_some());
        let killer = Db::open(&place.config()).await.unwrap();
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        killer.snapshot().await.unwrap().query(sql, &[]).await.unwrap();
        assert_eq!(things(&db).await, round + 1);
        insert(&db, maker.named(&format!("m{round}"))).await.unwrap();
        db.write((), |tx, ()| {
            Box::pin(async move { tx.execute("DELETE FROM thing WHERE name_key LIKE 'm%'", &[]).await })
        })
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn more_waiting_writes_than_the_queue_holds_are_busy() {
    let Some(place) = Place::postgres().await else { return };
    let db = Db::open(&place.config().connections(1).queue(1)).await.unwrap();
    run_list(&db, STEPS, NOW).await.unwrap();
    let holder = db.snapshot().await.unwrap();
    let (waiting, maker) = (db.clone(), Maker::new());
    let stored = maker.named("waits");
    let write = tokio::spawn(async move { insert(&waiting, stored).await });
    until(|| db.writer_queue_depth() == 1).await;
    assert_eq!(insert(&db, maker.named("refused")).await, Err(StoreError::Busy));
    drop(holder);
    assert_eq!(write.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_write_that_is_given_up_half_way_leaves_nothing() {
    let Some(place) = Place::postgres().await else { return };
    let db = Db::open(&place.config().connections(1)).await.unwrap();
    run_list(&db, STEPS, NOW).await.unwrap();
    let (giving_up, stored) = (db.clone(), Maker::new().named("half"));
    let write = tokio::spawn(async move {
        giving_up
            .write(stored, |tx, stored| {
                Box::pin(async move {
                    documents::insert(tx, stored).await?;
                    std::future::pending::<Done>().await
                })
            })
            .await
    });
    until(|| db.gauges().idle_connections == 0).await;
    write.abort();
    assert!(write.await.is_err());
    insert(&db, Maker::new().named("next")).await.unwrap();
    assert_eq!(things(&db).await, 1);
}
