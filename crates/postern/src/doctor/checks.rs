//! The checks, from the outside in: files, clock, database, schema, keys.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use postern_core::crypto::keyring::{KeyRing, SealContext};
use postern_core::ids::EnvironmentId;
use postern_core::random::Random;
use postern_core::time::{Span, Timestamp};
use postern_store::sql::{Db, DbKind};
use postern_store::{inspect, migrate};
use url::Url;

use super::Finding;
use crate::bootstrap::first;
use crate::certificate::Facts;
use crate::config::Config;
use crate::server::Tls;
use crate::{authenticators, clock, database, private_file, serve};

/// Before this the clock is surely wrong: 2026-01-01.
const BUILT_AFTER: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// A certificate that ends earlier should have been replaced.
const ENDS_SOON: Span = Span::days(14);

/// All of them.
pub(crate) async fn all(config: &Config) -> Vec<(&'static str, Finding)> {
    let mut found = vec![("clock", clock_is_set())];
    if let Some((certificate, key)) = &config.tls {
        found.push(("TLS", tls(config, certificate, key)));
    } else if config.urls.auth.starts_with("http:") {
        let words = "public_auth_url is http: codes and tokens travel in clear".to_owned();
        found.push(("TLS", Finding::Doubtful(words)));
    }
    if config.metadata.is_some() {
        found.push(("authenticators", list_of_authenticators(config)));
    }
    let keys = serve::key_ring(config);
    found.push(("master keys", key_ring(&keys)));
    if let Ok(url) = database::url(config)
        && let Some(file) = database::sqlite_path(&url)
    {
        found.push(("disk", Finding::of(disk(&file))));
    }
    match database::open(config).await {
        Err(error) => {
            let hint = "if the server is running on this SQLite file, stop it first";
            found.push(("database", Finding::Bad(format!("{error:#} ({hint})"))));
        }
        Ok(db) => {
            let words = match db.kind() {
                DbKind::Sqlite => "SQLite answers",
                DbKind::Postgres => "PostgreSQL answers",
            };
            found.push(("database", Finding::Good(words.to_owned())));
            found.extend(inside(config, &db, keys.ok()).await);
            db.close().await;
        }
    }
    found
}

async fn inside(config: &Config, db: &Db, keys: Option<KeyRing>) -> Vec<(&'static str, Finding)> {
    let pending = match migrate::pending(db).await {
        Ok(pending) => pending,
        Err(error) => return vec![("schema", Finding::of(Err(error.into())))],
    };
    if !pending.is_empty() {
        let words = format!("lacks {} of its steps; run `postern migrate`", pending.len());
        return vec![("schema", Finding::Bad(words))];
    }
    let mut found = vec![("schema", Finding::Good("is up to date".to_owned()))];
    match inspect::columns_in_other_order(db).await {
        Ok(columns) if columns.is_empty() => {
            found.push(("text order", Finding::Good("is that of bytes".to_owned())));
        }
        Ok(columns) => {
            let words = format!("these columns lack the collation \"C\": {}", columns.join(", "));
            found.push(("text order", Finding::Bad(words)));
        }
        Err(error) => found.push(("text order", Finding::of(Err(error.into())))),
    }
    if let Some(keys) = keys {
        found.push(("secrets", secrets(config, db, Arc::new(keys)).await));
    }
    found
}

/// The worker's secret was sealed when the database was bootstrapped: it opens with the right keys only.
async fn secrets(config: &Config, db: &Db, keys: Arc<KeyRing>) -> Finding {
    let random = Random::system();
    let system = first::System { db, keys: &keys, random: &random, urls: config.urls.clone() };
    match system.find().await {
        Ok(Some(_)) => Finding::Good("in the database open with the master keys".to_owned()),
        Ok(None) => Finding::Doubtful("there are none yet; run `postern bootstrap`".to_owned()),
        Err(error) => Finding::Bad(format!("in the database do not open with the master keys: {error:#}")),
    }
}

fn tls(config: &Config, certificate: &Path, key: &Path) -> Finding {
    let facts = match Tls::read(certificate, key).and_then(|_| Facts::of_file(certificate)) {
        Ok(facts) => facts,
        Err(error) => return Finding::Bad(format!("{error:#}")),
    };
    let now = clock::now();
    if now < facts.from || facts.until <= now {
        return Finding::Bad(format!("the certificate is good from {} until {}", facts.from, facts.until));
    }
    let urls = [&config.urls.api, &config.urls.auth, &config.urls.apps];
    let public = urls.into_iter().filter_map(|url| Url::parse(url).ok()?.host_str().map(str::to_owned));
    let mut hosts = public.chain(config.domains.iter().map(|(host, _)| host.clone()));
    if let Some(host) = hosts.find(|host| !facts.covers(host)) {
        return Finding::Doubtful(format!("the certificate is not for {host}"));
    }
    if facts.until < now.plus(ENDS_SOON) {
        return Finding::Doubtful(format!("the certificate ends soon, {}", facts.until));
    }
    Finding::Good(format!("certificate and key fit, until {}", facts.until))
}

fn list_of_authenticators(config: &Config) -> Finding {
    let now = clock::now();
    match authenticators::load(config.metadata.as_ref(), now) {
        Err(error) => Finding::Bad(format!("{error:#}")),
        Ok(list) if authenticators::is_overdue(&list, now) => {
            Finding::Doubtful(format!("the list is old; another one was due on {}", list.next_update()))
        }
        Ok(list) => Finding::Good(format!("{} makes in list number {}", list.entries().len(), list.number())),
    }
}

fn clock_is_set() -> Finding {
    let now = clock::now();
    if now < BUILT_AFTER {
        return Finding::Bad(format!("says {now}: codes and tokens depend on it"));
    }
    Finding::Good(format!("says {now}"))
}

fn key_ring(keys: &anyhow::Result<KeyRing>) -> Finding {
    let keys = match keys {
        Ok(keys) => keys,
        Err(error) => return Finding::Bad(format!("{error:#}")),
    };
    let context = SealContext { environment: EnvironmentId::NIL, record: "doctor", field: "canary" };
    let sealed = keys.seal(&Random::system(), &context, b"canary");
    match keys.open(&context, &sealed) {
        Ok(opened) if opened.expose() == b"canary" => {
            Finding::Good(format!("{} in use", keys.key_ids().len()))
        }
        _ => Finding::Bad("do not open what they seal".to_owned()),
    }
}

fn disk(file: &Path) -> anyhow::Result<String> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let probe = folder.join(format!(".postern-doctor-{}", Random::system().uuid().simple()));
    private_file::write(&probe, "probe")?;
    std::fs::remove_file(&probe).with_context(|| format!("cannot remove {}", probe.display()))?;
    Ok(format!("{} is writable", folder.display()))
}
