//! A violated unique index has the same name on both databases.

use postern_core::entity::Stored;
use postern_store::fixture::TestDb;
use postern_store::{StoreError, Value};

use crate::support::{Done, Maker, Thing, insert, on_each, things};

fn conflict(table: &str, index: &str) -> Done {
    Err(StoreError::Conflict { table: table.to_owned(), index: index.to_owned() })
}

#[tokio::test]
async fn an_index_a_partial_index_and_a_primary_key_are_told_apart() {
    on_each(async |db| {
        let maker = Maker::new();
        let owner = Some(maker.random.uuid());
        let first = maker.thing(Thing { owner, ..Thing::named("Lamp") });
        insert(&db, first.clone()).await.unwrap();
        assert_eq!(insert(&db, maker.named("LAMP")).await, conflict("thing", "thing_name"));
        let same_owner = maker.thing(Thing { owner, ..Thing::named("other") });
        assert_eq!(insert(&db, same_owner).await, conflict("thing", "thing_owner"));
        let same_id = Stored { body: Thing::named("third"), ..first };
        assert_eq!(insert(&db, same_id).await, conflict("thing", "thing_pkey"));
        assert_eq!(things(&db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn constraints_of_a_table_are_named_after_their_columns() {
    on_each(async |db| {
        let env = Maker::new().random.uuid();
        let tag = async || {
            db.write(env, |tx, env| {
                Box::pin(async move {
                    let params = [(*env).into(), "a".into()];
                    tx.execute("INSERT INTO tag (env, name) VALUES ($1, $2)", &params).await.map(drop)
                })
            })
            .await
        };
        assert_eq!(tag().await, Ok(()));
        assert_eq!(tag().await, conflict("tag", "tag_env_name_key"));
    })
    .await;
}

#[tokio::test]
async fn a_missing_value_is_not_a_conflict() {
    on_each(async |db| {
        let result = db
            .write((), |tx, ()| {
                let sql = "INSERT INTO counter (name, hits) VALUES ($1, $2)";
                Box::pin(async move { tx.execute(sql, &["a".into(), Value::Null]).await })
            })
            .await;
        assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
    })
    .await;
}

/// SQLite tells the columns of a violated index, so these must lead to one name.
#[tokio::test]
async fn no_two_unique_indexes_of_the_schema_have_the_same_columns() {
    let db = TestDb::sqlite().await;
    let sql = "SELECT m.name, (SELECT group_concat(i.name, ',' ORDER BY i.seqno) FROM pragma_index_info(l.name) AS i) \
               FROM sqlite_schema AS m, pragma_index_list(m.name) AS l WHERE m.type = 'table' AND l.\"unique\" = 1";
    let rows = db.read().await.unwrap().query(sql, &[]).await.unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for row in rows {
        let index = (row.text(0).unwrap().to_owned(), row.text(1).unwrap().to_owned());
        assert!(seen.insert(index.clone()), "{index:?}");
    }
    assert!(!seen.is_empty());
}
