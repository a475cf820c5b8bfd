//! The writer thread of SQLite, and the bounded queue of both databases.

use std::sync::Arc;

use postern_store::fixture::Place;
use postern_store::migrate::run_list;
use postern_store::{Db, StoreError, documents};

use crate::support::{Done, Gate, Maker, NOW, STEPS, insert, opened, things, until};

/// Occupies the writer thread until the gate opens.
fn occupy(db: &Db) -> (Arc<Gate>, tokio::task::JoinHandle<Done>) {
    let gate = Arc::new(Gate::default());
    let (db, held) = (db.clone(), Arc::clone(&gate));
    let job = tokio::spawn(async move {
        db.write(held, |_, gate| {
            gate.hold();
            Box::pin(async { Ok(()) })
        })
        .await
    });
    (gate, job)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_wait_together_share_one_commit_and_nothing_else() {
    let place = Place::sqlite();
    let db = opened(&place).await;
    let maker = Maker::new();
    let before = db.gauges();
    let (gate, job) = occupy(&db);
    gate.reached();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..100 {
        // Every tenth has the name of its neighbour and is refused.
        let stored = maker.named(&format!("n{}", if number % 10 == 9 { number - 1 } else { number }));
        let db = db.clone();
        tasks.spawn(async move { insert(&db, stored).await });
    }
    until(|| db.writer_queue_depth() == 100).await;
    gate.open();
    job.await.unwrap().unwrap();
    let mut refused = 0;
    while let Some(done) = tasks.join_next().await {
        refused += usize::from(matches!(done.unwrap(), Err(StoreError::Conflict { .. })));
    }
    assert_eq!((refused, things(&db).await), (10, 90));
    let after = db.gauges();
    assert_eq!((after.jobs - before.jobs, after.commits - before.commits), (101, 1));
    assert_eq!(after.waiting_writes, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_fails_after_it_wrote_takes_nothing_of_its_neighbours_with_it() {
    let place = Place::sqlite();
    let db = opened(&place).await;
    let maker = Maker::new();
    let before = db.gauges();
    let (gate, job) = occupy(&db);
    gate.reached();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..30 {
        let (db, stored) = (db.clone(), maker.named(&format!("n{number}")));
        tasks.spawn(async move {
            db.write((number, stored), |tx, (number, stored)| {
                Box::pin(async move {
                    documents::insert(tx, stored).await?;
                    if number % 10 == 5 { Err(StoreError::Busy) } else { Done::Ok(()) }
                })
            })
            .await
        });
    }
    until(|| db.writer_queue_depth() == 30).await;
    gate.open();
    job.await.unwrap().unwrap();
    let done: Vec<Done> = tasks.join_all().await;
    assert_eq!(done.iter().filter(|done| **done == Err(StoreError::Busy)).count(), 3);
    assert_eq!(things(&db).await, 27);
    let after = db.gauges();
    assert_eq!((after.jobs - before.jobs, after.commits - before.commits), (31, 1));
    insert(&db, maker.named("later")).await.unwrap();
    assert_eq!(things(&db).await, 28);
}

#[tokio::test]
async fn a_lone_write_that_fails_after_it_wrote_leaves_nothing() {
    let place = Place::sqlite();
    let db = opened(&place).await;
    let refused: Done = db
        .write(Maker::new().named("half"), |tx, stored| {
            Box::pin(async move {
                documents::insert(tx, stored).await?;
                Done::Err(StoreError::Busy)
            })
        })
        .await;
    assert_eq!((refused, things(&db).await), (Err(StoreError::Busy), 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_is_busy_and_what_waited_is_done() {
    let place = Place::sqlite();
    let db = Db::open(&place.config().queue(2)).await.unwrap();
    run_list(&db, STEPS, NOW).await.unwrap();
    let maker = Maker::new();
    let (gate, job) = occupy(&db);
    gate.reached();
    let waiting: Vec<_> = ["a", "b"]
        .map(|name| {
            let (db, stored) = (db.clone(), maker.named(name));
            tokio::spawn(async move { insert(&db, stored).await })
        })
        .into();
    until(|| db.writer_queue_depth() == 2).await;
    assert_eq!(insert(&db, maker.named("c")).await, Err(StoreError::Busy));
    gate.open();
    job.await.unwrap().unwrap();
    for task in waiting {
        task.await.unwrap().unwrap();
    }
    assert_eq!(things(&db).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_caller_left_while_it_waited_is_not_done() {
    let place = Place::sqlite();
    let db = opened(&place).await;
    let (gate, job) = occupy(&db);
    gate.reached();
    let (leaving, stored) = (db.clone(), Maker::new().named("left"));
    let caller = tokio::spawn(async move { insert(&leaving, stored).await });
    until(|| db.writer_queue_depth() == 1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    gate.open();
    job.await.unwrap().unwrap();
    insert(&db, Maker::new().named("stayed")).await.unwrap();
    assert_eq!(things(&db).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_finishes_what_waits() {
    let place = Place::sqlite();
    let db = opened(&place).await;
    let (gate, job) = occupy(&db);
    gate.reached();
    let (writing, stored) = (db.clone(), Maker::new().named("last"));
    let write = tokio::spawn(async move { insert(&writing, stored).await });
    until(|| db.writer_queue_depth() == 1).await;
    let closing = db.clone();
    let close = tokio::spawn(async move { closing.close().await });
    gate.open();
    close.await.unwrap();
    job.await.unwrap().unwrap();
    assert_eq!(write.await.unwrap(), Ok(()));
    assert_eq!(things(&opened(&place).await).await, 1);
}

#[tokio::test]
async fn work_that_waits_for_something_else_is_refused_and_undone() {
    let place = Place::sqlite();
    let db = opened(&place).await;
    let result = db
        .write(Maker::new().named("slow"), |tx, stored| {
            Box::pin(async move {
                documents::insert(tx, stored).await?;
                tokio::task::yield_now().await;
                Done::Ok(())
            })
        })
        .await;
    assert!(matches!(result, Err(StoreError::Unavailable(_))));
    assert_eq!(things(&db).await, 0);
}

#[tokio::test]
async fn an_open_file_is_refused_to_a_second_opener_and_free_after_closing() {
    let place = Place::sqlite();
    let db = Db::open(&place.config()).await.unwrap();
    let refused = Db::open(&place.config()).await.err();
    assert!(matches!(refused, Some(StoreError::Unavailable(why)) if why.contains("in use")));
    db.close().await;
    Db::open(&place.config()).await.unwrap();
}
