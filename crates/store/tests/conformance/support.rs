//! A small schema, a document type, and a database of each kind for each test.

use std::sync::{Condvar, Mutex};

use postern_core::entity::{Entity, Stored};
use postern_core::ids::{DeviceId, EnvironmentId};
use postern_core::random::Random;
use postern_core::time::Timestamp;
use postern_store::documents::{self, Column, Document};
use postern_store::fixture::Place;
use postern_store::migrate::{Migration, run_list};
use postern_store::{Db, StoreError, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) type Done<T = ()> = Result<T, StoreError>;

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_770_000_000);

pub(crate) const STEPS: &[Migration] = &[
    Migration {
        number: 1,
        name: "things",
        sql: "-- A semicolon; in a comment.
            CREATE TABLE thing (
              env {{uuid}} NOT NULL, id {{uuid}} NOT NULL, rev BIGINT NOT NULL, created_at BIGINT NOT NULL,
              updated_at BIGINT NOT NULL, name_key {{text}} NOT NULL, size BIGINT NOT NULL, owner {{uuid}},
              note_key {{text}}, body {{text}} NOT NULL, PRIMARY KEY (env, id));
            CREATE UNIQUE INDEX thing_name ON thing (env, name_key);
            CREATE UNIQUE INDEX thing_owner ON thing (env, owner) WHERE owner IS NOT NULL;",
    },
    Migration {
        number: 2,
        name: "counters",
        sql: "CREATE TABLE counter (name {{text}} NOT NULL PRIMARY KEY, hits BIGINT NOT NULL);
            CREATE TABLE tag (env {{uuid}} NOT NULL, name {{text}} NOT NULL, data {{bytes}}, UNIQUE (env, name));
            CREATE TABLE errand (id BIGINT NOT NULL PRIMARY KEY, lease BIGINT NOT NULL);",
    },
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Thing {
    pub(crate) name: String,
    pub(crate) size: i64,
    pub(crate) owner: Option<Uuid>,
    pub(crate) note: Option<String>,
}

impl Thing {
    pub(crate) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), size: 0, owner: None, note: None }
    }
}

impl Entity for Thing {
    type Id = DeviceId;
    const KIND: &'static str = "THING";
}

impl Document for Thing {
    const TABLE: &'static str = "thing";
    const COLUMNS: &'static [Column] =
        &[Column::text("name_key"), Column::int("size"), Column::uuid("owner"), Column::text("note_key")];

    fn index_values(&self) -> Vec<Value> {
        let note = self.note.as_ref().map(|note| note.to_lowercase());
        vec![self.name.to_lowercase().into(), self.size.into(), self.owner.into(), note.into()]
    }
}

/// Makes records of one environment, the same ones in every run.
pub(crate) struct Maker {
    pub(crate) env: EnvironmentId,
    pub(crate) random: Random,
}

impl Maker {
    pub(crate) fn new() -> Self {
        let random = Random::seeded(1);
        Self { env: EnvironmentId::new(&random), random }
    }

    pub(crate) fn thing(&self, thing: Thing) -> Stored<Thing> {
        Stored::new(self.env, DeviceId::new(&self.random), NOW, thing)
    }

    pub(crate) fn named(&self, name: &str) -> Stored<Thing> {
        self.thing(Thing::named(name))
    }
}

/// Runs the test on each database, with the small schema.
pub(crate) async fn on_each(test: impl AsyncFn(Db)) {
    for place in Place::all().await {
        let db = opened(&place).await;
        test(db.clone()).await;
        db.close().await;
    }
}

pub(crate) async fn opened(place: &Place) -> Db {
    let db = Db::open(&place.config()).await.unwrap();
    run_list(&db, STEPS, NOW).await.unwrap();
    db
}

pub(crate) async fn insert(db: &Db, stored: Stored<Thing>) -> Done {
    db.write(stored, |tx, stored| Box::pin(documents::insert(tx, stored))).await
}

pub(crate) async fn find(db: &Db, env: EnvironmentId, id: DeviceId) -> Option<Stored<Thing>> {
    documents::find(&mut db.read().await.unwrap(), env, id).await.unwrap()
}

pub(crate) async fn number(db: &Db, sql: &str) -> i64 {
    let row = db.read().await.unwrap().query_opt(sql, &[]).await.unwrap();
    row.unwrap().int(0).unwrap()
}

pub(crate) async fn things(db: &Db) -> i64 {
    number(db, "SELECT COUNT(*) FROM thing").await
}

/// Keeps the writer thread busy until it is opened.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<(bool, bool)>,
    changed: Condvar,
}

impl Gate {
    /// In the job: says that it is there and waits.
    pub(crate) fn hold(&self) {
        let mut state = self.state.lock().unwrap();
        state.0 = true;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |(_, open)| !*open).unwrap());
    }

    /// In the test: waits until the job is there.
    pub(crate) fn reached(&self) {
        drop(self.changed.wait_while(self.state.lock().unwrap(), |(there, _)| !*there).unwrap());
    }

    pub(crate) fn open(&self) {
        self.state.lock().unwrap().1 = true;
        self.changed.notify_all();
    }
}

/// Lets other tasks run until it is so.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}
