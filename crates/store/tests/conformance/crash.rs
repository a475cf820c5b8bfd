//! What was answered is there after closing, and after dying.

use postern_store::fixture::Place;
use postern_store::{Db, DbConfig};

use crate::support::{Maker, find, insert, opened, things};

#[tokio::test]
async fn what_was_written_is_there_after_closing_and_opening() {
    for place in Place::all().await {
        let (db, stored) = (opened(&place).await, Maker::new().named("kept"));
        insert(&db, stored.clone()).await.unwrap();
        db.close().await;
        let again = Db::open(&place.config()).await.unwrap();
        assert_eq!(find(&again, stored.environment, stored.id).await, Some(stored));
        again.close().await;
    }
}

/// The files as they stand are what a killed process leaves.
#[tokio::test]
async fn what_was_answered_is_in_the_files_without_closing() {
    let (place, copy) = (Place::sqlite(), Place::sqlite());
    let (db, maker) = (opened(&place).await, Maker::new());
    for number in 0..30 {
        insert(&db, maker.named(&format!("n{number}"))).await.unwrap();
    }
    let (from, to) = (place.folder().unwrap(), copy.folder().unwrap());
    for file in ["postern.db", "postern.db-wal"] {
        std::fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let revived = Db::open(&copy.config()).await.unwrap();
    assert_eq!(things(&revived).await, 30);
}

#[tokio::test]
async fn a_closed_database_is_one_file() {
    let place = Place::sqlite();
    let db = opened(&place).await;
    insert(&db, Maker::new().named("kept")).await.unwrap();
    db.close().await;
    let copy = Place::sqlite();
    let file = copy.folder().unwrap().join("postern.db");
    std::fs::copy(place.folder().unwrap().join("postern.db"), &file).unwrap();
    assert_eq!(things(&Db::open(&DbConfig::sqlite(&file)).await.unwrap()).await, 1);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::sqlite();
    let db = opened(&place).await;
    for entry in std::fs::read_dir(place.folder().unwrap()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
    }
    db.close().await;
}
