//! Steps apply once, in order, and must not change afterwards.

use postern_store::fixture::{Place, TestDb};
use postern_store::migrate::{MIGRATIONS, MigrateError, Migration, pending, run, run_list};
use postern_store::{Db, DbKind};

use crate::support::{NOW, STEPS, number};

const CHANGED: &[Migration] = &[Migration { sql: "CREATE TABLE thing (id BIGINT);", ..STEPS[0] }, STEPS[1]];
const FAILING: &[Migration] = &[
    STEPS[0],
    STEPS[1],
    Migration {
        number: 3,
        name: "bad",
        sql: "CREATE TABLE half (id BIGINT); CREATE TABLE thing (id BIGINT);",
    },
    Migration { number: 4, name: "after", sql: "CREATE TABLE after_bad (id BIGINT);" },
];

#[tokio::test]
async fn each_step_applies_once_and_is_recorded() {
    for place in Place::all().await {
        let db = Db::open(&place.config()).await.unwrap();
        assert_eq!(run_list(&db, &STEPS[..1], NOW).await, Ok(1));
        assert_eq!(run_list(&db, STEPS, NOW).await, Ok(1));
        assert_eq!(run_list(&db, STEPS, NOW).await, Ok(0));
        let rows = db
            .read()
            .await
            .unwrap()
            .query("SELECT number, name, applied_at FROM schema_migration", &[])
            .await;
        let names: Vec<String> = rows.unwrap().iter().map(|row| row.text(1).unwrap().to_owned()).collect();
        assert_eq!(names, ["things", "counters"]);
        assert_eq!(number(&db, "SELECT MIN(applied_at) FROM schema_migration").await, NOW.micros());
        db.close().await;
    }
}

#[tokio::test]
async fn a_changed_step_is_refused() {
    for place in Place::all().await {
        let db = Db::open(&place.config()).await.unwrap();
        run_list(&db, STEPS, NOW).await.unwrap();
        let refused = run_list(&db, CHANGED, NOW).await;
        assert_eq!(refused, Err(MigrateError::Changed { number: 1, name: "things" }));
        db.close().await;
    }
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    for place in Place::all().await {
        let db = Db::open(&place.config()).await.unwrap();
        run_list(&db, STEPS, NOW).await.unwrap();
        assert_eq!(run_list(&db, &STEPS[..1], NOW).await, Err(MigrateError::Newer { number: 2 }));
        db.close().await;
    }
}

#[tokio::test]
async fn a_failing_step_is_undone_and_stops_the_rest() {
    for place in Place::all().await {
        let db = Db::open(&place.config()).await.unwrap();
        let failed = run_list(&db, FAILING, NOW).await;
        assert!(matches!(failed, Err(MigrateError::Failed { number: 3, .. })), "{failed:?}");
        assert_eq!(number(&db, "SELECT MAX(number) FROM schema_migration").await, 2);
        for table in ["half", "after_bad"] {
            let sql = format!("SELECT * FROM {table}");
            assert!(db.read().await.unwrap().query(&sql, &[]).await.is_err());
        }
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_that_start_together_apply_each_step_once() {
    for place in Place::all().await {
        let first = Db::open(&place.config()).await.unwrap();
        let second = match place.kind() {
            DbKind::Sqlite => first.clone(),
            DbKind::Postgres => Db::open(&place.config()).await.unwrap(),
        };
        let (one, other) = tokio::join!(run_list(&first, STEPS, NOW), run_list(&second, STEPS, NOW));
        assert_eq!(one.unwrap() + other.unwrap(), STEPS.len());
        second.close().await;
        first.close().await;
    }
}

#[tokio::test]
async fn the_schema_of_this_program_applies_to_each_database() {
    for db in TestDb::all().await {
        assert_eq!(run(&db, NOW).await, Ok(0));
        assert!(pending(&db).await.unwrap().is_empty());
        assert_eq!(number(&db, "SELECT COUNT(*) FROM schema_migration").await, MIGRATIONS.len() as i64);
        db.close().await;
    }
}
