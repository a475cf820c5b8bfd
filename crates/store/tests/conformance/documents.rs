//! Records come back as they were written, and change only as they were read.

use postern_core::time::Span;
use postern_store::documents::{self, Condition};
use postern_store::{StoreError, Value};
use uuid::Uuid;

use crate::support::{Done, Maker, NOW, Thing, find, insert, on_each};

#[tokio::test]
async fn a_record_reads_back_as_it_was_written() {
    on_each(async |db| {
        let maker = Maker::new();
        let owner = Some(maker.random.uuid());
        let text = "Ü \"quoted\" \\ 'x' 😀\n".to_owned();
        let full = maker.thing(Thing { name: text.clone(), size: i64::MIN, owner, note: Some(text) });
        let bare = maker.named("bare");
        insert(&db, full.clone()).await.unwrap();
        insert(&db, bare.clone()).await.unwrap();
        assert_eq!(find(&db, maker.env, full.id).await.as_ref(), Some(&full));
        assert_eq!(find(&db, maker.env, bare.id).await.as_ref(), Some(&bare));
    })
    .await;
}

#[tokio::test]
async fn a_record_is_not_found_in_another_environment() {
    on_each(async |db| {
        let (maker, stored) = (Maker::new(), Maker::new().named("mine"));
        insert(&db, stored.clone()).await.unwrap();
        let other = postern_core::ids::EnvironmentId::new(&maker.random);
        assert_eq!(find(&db, other, stored.id).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_record_is_found_by_each_of_its_columns() {
    on_each(async |db| {
        let maker = Maker::new();
        let owner = maker.random.uuid();
        let stored = maker.thing(Thing { size: 7, owner: Some(owner), ..Thing::named("Lamp") });
        insert(&db, stored.clone()).await.unwrap();
        let by = async |column, value: Value| {
            let mut tx = db.read().await.unwrap();
            documents::find_by::<Thing>(&mut tx, maker.env, column, value).await
        };
        assert_eq!(by("name_key", "lamp".into()).await.unwrap().as_ref(), Some(&stored));
        assert_eq!(by("size", 7.into()).await.unwrap().as_ref(), Some(&stored));
        assert_eq!(by("owner", owner.into()).await.unwrap().as_ref(), Some(&stored));
        assert_eq!(by("name_key", "Lamp".into()).await.unwrap(), None);
        assert!(by("colour", "red".into()).await.is_err());
        assert!(by("size", "7".into()).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn an_update_counts_the_revision_and_moves_the_columns() {
    on_each(async |db| {
        let maker = Maker::new();
        let stored = maker.named("before");
        insert(&db, stored.clone()).await.unwrap();
        let later = NOW.plus(Span::seconds(5));
        let changed = db
            .write((stored, later), |tx, (stored, later)| {
                Box::pin(async move {
                    let mut stored =
                        documents::find::<Thing>(tx, stored.environment, stored.id).await?.unwrap();
                    "After".clone_into(&mut stored.body.name);
                    documents::update(tx, &mut stored, *later).await?;
                    Done::Ok(stored)
                })
            })
            .await
            .unwrap();
        assert_eq!((changed.rev, changed.created_at, changed.updated_at), (2, NOW, later));
        let mut tx = db.read().await.unwrap();
        let found =
            documents::find_by::<Thing>(&mut tx, maker.env, "name_key", "after".into()).await.unwrap();
        assert_eq!(found, Some(changed));
    })
    .await;
}

#[tokio::test]
async fn a_change_to_what_was_read_before_another_change_is_stale() {
    on_each(async |db| {
        let stored = Maker::new().named("contested");
        insert(&db, stored.clone()).await.unwrap();
        let update = async || {
            db.write(stored.clone(), |tx, stored| {
                Box::pin(async move { documents::update(tx, &mut stored.clone(), NOW).await })
            })
            .await
        };
        assert_eq!(update().await, Ok(()));
        assert_eq!(update().await, Err(StoreError::Stale));
    })
    .await;
}

#[tokio::test]
async fn a_record_is_deleted_once() {
    on_each(async |db| {
        let stored = Maker::new().named("gone");
        insert(&db, stored.clone()).await.unwrap();
        let delete = async || {
            let key = (stored.environment, stored.id);
            db.write(key, |tx, (env, id)| Box::pin(documents::delete::<Thing>(tx, *env, *id))).await
        };
        assert_eq!(delete().await, Ok(true));
        assert_eq!(delete().await, Ok(false));
        assert_eq!(find(&db, stored.environment, stored.id).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_record_is_removed_only_as_it_was_read() {
    on_each(async |db| {
        let old = Maker::new().named("gone");
        insert(&db, old.clone()).await.unwrap();
        let mut new = old.clone();
        new.rev += 1;
        let change = old.clone();
        let changed: Done = db
            .write(change, |tx, old| {
                Box::pin(async move { documents::update(tx, &mut old.clone(), NOW).await })
            })
            .await;
        changed.unwrap();
        let remove = async |stored: postern_core::entity::Stored<Thing>| -> Done {
            // A lost race is tried again; a reading from outside stays lost.
            db.write(stored, |tx, stored| Box::pin(documents::remove(tx, stored))).await
        };
        assert!(remove(old).await.is_err());
        assert!(find(&db, new.environment, new.id).await.is_some());
        assert_eq!(remove(new.clone()).await, Ok(()));
        assert_eq!(find(&db, new.environment, new.id).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_count_stops_at_its_cap() {
    on_each(async |db| {
        let maker = Maker::new();
        for number in 0..7 {
            insert(&db, maker.named(&format!("n{number}"))).await.unwrap();
        }
        let mut tx = db.read().await.unwrap();
        for (cap, counted) in [(5, 5), (7, 7), (100, 7), (0, 0)] {
            let count = documents::count::<Thing>(&mut tx, maker.env, &Condition::Everything, cap).await;
            assert_eq!(count, Ok(counted));
        }
    })
    .await;
}

#[tokio::test]
async fn a_body_that_does_not_decode_is_corrupt_and_names_its_row() {
    on_each(async |db| {
        let stored = Maker::new().named("broken");
        insert(&db, stored.clone()).await.unwrap();
        let id: Uuid = postern_core::ids::Id::uuid(stored.id);
        db.write(id, |tx, id| {
            Box::pin(
                async move { tx.execute("UPDATE thing SET body = '{' WHERE id = $1", &[(*id).into()]).await },
            )
        })
        .await
        .unwrap();
        let mut tx = db.read().await.unwrap();
        let found = documents::find::<Thing>(&mut tx, stored.environment, stored.id).await;
        assert_eq!(found, Err(StoreError::Corrupt { table: "thing", id: stored.id.to_string() }));
    })
    .await;
}
