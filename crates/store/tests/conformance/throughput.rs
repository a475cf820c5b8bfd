//! How fast the store is on this machine. Prints, asserts no time:
//! `cargo test -p postern-store --test conformance throughput -- --ignored --nocapture`.

#![expect(clippy::disallowed_methods, reason = "measuring reads the clock")]

use std::time::Instant;

use postern_store::fixture::Place;
use postern_store::{Db, StoreError};

const TABLE: &str =
    "CREATE TABLE measured (id BIGINT NOT NULL PRIMARY KEY, owner BIGINT NOT NULL, body TEXT NOT NULL)";
const INDEX: &str = "CREATE INDEX measured_of_owner ON measured (owner)";

#[ignore = "prints figures and proves nothing"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_and_reads_are_measured() {
    for place in Place::all().await {
        let db = Db::open(&place.config()).await.unwrap();
        for sql in [TABLE, INDEX] {
            db.write(sql, |tx, sql| Box::pin(async move { tx.execute(sql, &[]).await })).await.unwrap();
        }
        println!("{}", db.kind().name());
        for (tasks, each) in [(1, 2000), (8, 1500), (64, 800)] {
            measure(&db, "insert", tasks, each, insert).await;
        }
        for (tasks, each) in [(1, 20000), (64, 1000)] {
            measure(&db, "point read", tasks, each, read).await;
        }
        let gauges = db.gauges();
        println!("  {} jobs in {} commits", gauges.jobs, gauges.commits);
        db.close().await;
    }
}

/// Runs the operation in that many tasks, each time with a number that no other has.
async fn measure<F, R>(db: &Db, what: &str, tasks: i64, each: i64, step: F)
where
    F: Fn(Db, i64) -> R + Copy + Send + 'static,
    R: Future<Output = ()> + Send,
{
    let start = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for task in 0..tasks {
        let db = db.clone();
        running.spawn(async move {
            for number in 0..each {
                step(db.clone(), (tasks << 40) + (task << 20) + number).await;
            }
        });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
    let each_micros = start.elapsed().as_secs_f64() * 1e6 / (tasks * each) as f64;
    println!("  {what}, {tasks} tasks: {each_micros:.1} us ({:.0}/s)", 1e6 / each_micros);
}

/// Spread like random keys, the same in every run.
fn scattered(number: i64) -> i64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64)
}

async fn insert(db: Db, number: i64) {
    db.write(number, |tx, number| {
        Box::pin(async move {
            let sql = "INSERT INTO measured (id, owner, body) VALUES ($1, $2, $3)";
            let key = scattered(*number);
            tx.execute(sql, &[key.into(), (key % 1000).into(), "x".repeat(300).into()]).await?;
            Ok::<_, StoreError>(())
        })
    })
    .await
    .unwrap();
}

/// Reads what the last of the inserting rounds wrote.
async fn read(db: Db, number: i64) {
    let (task, number) = ((number >> 20) % 64, number % 800);
    let key = scattered((64 << 40) + (task << 20) + number);
    let sql = "SELECT owner, body FROM measured WHERE id = $1";
    let row = db.read().await.unwrap().query_opt(sql, &[key.into()]).await.unwrap();
    assert!(row.is_some());
}
