//! Opens the database that a URL names, and sees to its schema.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use postern_store::migrate;
use postern_store::sql::{Db, DbConfig};

use crate::clock;
use crate::config::{Config, DatabaseUrl};

/// Whether the URL names a database of a kind that is known.
pub(crate) fn is_known(url: &str) -> bool {
    ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))
}

/// The file of an SQLite URL.
pub(crate) fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
}

/// The URL of the configuration.
pub(crate) fn url(config: &Config) -> anyhow::Result<String> {
    match &config.database {
        DatabaseUrl::Given(url) => Ok(url.expose().clone()),
        DatabaseUrl::File(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("database.url_file: cannot read {}", path.display()))?;
            let url = text.trim().to_owned();
            if !is_known(&url) {
                bail!("the URL in {} must begin with sqlite: or postgres://", path.display());
            }
            Ok(url)
        }
    }
}

/// Opens the database of the configuration.
pub(crate) async fn open(config: &Config) -> anyhow::Result<Db> {
    let url = url(config)?;
    let target = match sqlite_path(&url) {
        Some(path) => DbConfig::sqlite(path),
        None => DbConfig::postgres(url),
    };
    let sized = target.readers(config.readers).connections(config.connections).queue(config.queue);
    Db::open(&sized).await.context("cannot open the database")
}

/// Opens the SQLite file of a development server.
pub(crate) async fn open_file(path: &Path) -> anyhow::Result<Db> {
    Db::open(&DbConfig::sqlite(path)).await.with_context(|| format!("cannot open {}", path.display()))
}

/// Brings the schema up to date, and gives the number of steps taken.
pub(crate) async fn migrate(db: &Db) -> anyhow::Result<usize> {
    migrate::run(db, clock::now()).await.context("cannot bring the schema up to date")
}

/// Refuses a database whose schema is behind.
pub(crate) async fn demand_current(db: &Db) -> anyhow::Result<()> {
    let pending = migrate::pending(db).await.context("the schema does not fit to this program")?;
    match pending.len() {
        0 => Ok(()),
        steps => {
            bail!("the schema lacks {steps} of its steps; run `postern migrate`, or start with --migrate")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_url_names_its_file() {
        assert_eq!(sqlite_path("sqlite:postern.db"), Some(PathBuf::from("postern.db")));
        assert_eq!(sqlite_path("sqlite:///var/lib/postern.db"), Some(PathBuf::from("/var/lib/postern.db")));
        assert_eq!(sqlite_path("postgres://host/db"), None);
    }
}
