//! Databases for tests, of this crate and of others.
//!
//! SQLite always; PostgreSQL too when `POSTERN_TEST_POSTGRES` holds the URL of a
//! server whose user may create databases. A [`TestDb`] is migrated and its own;
//! a [`Place`] is where a test opens a database itself. Both vanish on drop.

#![expect(clippy::expect_used, reason = "test support: a test that cannot have its database must fail here")]

mod postgres;
mod sqlite;

use std::ops::Deref;

use postern_core::time::Timestamp;

use crate::sql::{Db, DbConfig, DbKind};

/// An empty place for one database.
pub struct Place {
    config: DbConfig,
    owner: Owner,
}

enum Owner {
    Folder(tempfile::TempDir),
    Database(#[expect(dead_code, reason = "held to be dropped with the place")] postgres::Database),
}

impl Place {
    /// A place on each database that this run tests.
    pub async fn all() -> Vec<Self> {
        let mut places = vec![Self::sqlite()];
        places.extend(Self::postgres().await);
        places
    }

    /// A file in a folder of its own.
    #[must_use]
    pub fn sqlite() -> Self {
        let (folder, file) = sqlite::empty();
        Self { config: DbConfig::sqlite(file), owner: Owner::Folder(folder) }
    }

    /// A database of its own on the server, when there is one.
    pub async fn postgres() -> Option<Self> {
        let database = postgres::Database::empty().await?;
        Some(Self { config: DbConfig::postgres(database.url()), owner: Owner::Database(database) })
    }

    /// How to open it.
    #[must_use]
    pub fn config(&self) -> DbConfig {
        self.config.clone()
    }

    /// Which database it is.
    #[must_use]
    pub const fn kind(&self) -> DbKind {
        match self.owner {
            Owner::Folder(_) => DbKind::Sqlite,
            Owner::Database(_) => DbKind::Postgres,
        }
    }

    /// The folder of the SQLite file.
    #[must_use]
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.owner {
            Owner::Folder(folder) => Some(folder.path()),
            Owner::Database(_) => None,
        }
    }
}

/// A migrated database. Use it as the [`Db`] it holds.
pub struct TestDb {
    db: Db,
    place: Place,
}

impl TestDb {
    /// One on each database that this run tests.
    pub async fn all() -> Vec<Self> {
        let mut databases = vec![Self::sqlite().await];
        databases.extend(Self::postgres().await);
        databases
    }

    /// On SQLite.
    pub async fn sqlite() -> Self {
        let (folder, file) = sqlite::migrated().await;
        Self::opened(Place { config: DbConfig::sqlite(file), owner: Owner::Folder(folder) }).await
    }

    /// On PostgreSQL, when there is a server.
    pub async fn postgres() -> Option<Self> {
        let database = postgres::Database::migrated().await?;
        let place = Place { config: DbConfig::postgres(database.url()), owner: Owner::Database(database) };
        Some(Self::opened(place).await)
    }

    /// On the one that is named.
    ///
    /// # Panics
    /// When PostgreSQL is asked for and `POSTERN_TEST_POSTGRES` is not set.
    pub async fn on(kind: DbKind) -> Self {
        match kind {
            DbKind::Sqlite => Self::sqlite().await,
            DbKind::Postgres => Self::postgres().await.expect("POSTERN_TEST_POSTGRES names a server"),
        }
    }

    /// The database, to be cloned into an application.
    #[must_use]
    pub fn db(&self) -> Db {
        self.db.clone()
    }

    /// How to open it once more, after it was closed.
    #[must_use]
    pub fn config(&self) -> DbConfig {
        self.place.config()
    }

    async fn opened(place: Place) -> Self {
        let db = Db::open(&place.config).await.expect("the test database opens");
        Self { db, place }
    }
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

/// When the fixture's databases were migrated.
const MIGRATED_AT: Timestamp = Timestamp::from_seconds(1_700_000_000);

async fn migrate(config: &DbConfig) {
    let db = Db::open(config).await.expect("the test database opens");
    crate::migrate::run(&db, MIGRATED_AT).await.expect("the migrations apply");
    db.close().await;
}
