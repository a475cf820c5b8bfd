//! `postern bootstrap`: the first organization, environment and worker of a production database.

pub(crate) mod first;

use std::sync::Arc;

use anyhow::bail;
use clap::{Args, ValueEnum};
use postern_core::random::Random;
use serde_json::json;

use crate::config::Config;
use crate::terminal::{self, say};
use crate::{database, serve};

/// What is made.
#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// Name of the organization
    #[arg(long, value_name = "NAME", default_value = "Organization")]
    organization: String,
    /// Name of the first environment
    #[arg(long, value_name = "NAME", default_value = "Production")]
    environment: String,
    /// Kind of the first environment
    #[arg(long = "type", value_enum, default_value_t = Kind::Production)]
    kind: Kind,
    /// Region that the environment tells
    #[arg(long, default_value = "NA")]
    region: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Production,
    Sandbox,
}

/// Makes it and prints the credentials, which are not printed again.
pub(crate) async fn run(config: &Config, wanted: &Wanted) -> anyhow::Result<()> {
    let keys = Arc::new(serve::key_ring(config)?);
    let db = database::open(config).await?;
    let made = make(config, &db, &keys, wanted).await;
    db.close().await;
    let made = made?;
    let (api, auth) = (&config.urls.api, &config.urls.auth);
    terminal::note("The first environment was made.");
    terminal::note("Keep the secret: it is not printed again (the management API can show and replace it).");
    for (name, value) in [
        ("API_PATH", api.clone()),
        ("AUTH_PATH", auth.clone()),
        ("ORG_ID", made.organization.to_string()),
        ("ENV_ID", made.environment.to_string()),
        ("CLIENT_ID", made.application.to_string()),
        ("CLIENT_SECRET", made.secret.expose().clone()),
    ] {
        say(format_args!("export {name}='{value}'"));
    }
    Ok(())
}

async fn make(
    config: &Config,
    db: &postern_store::sql::Db,
    keys: &Arc<postern_core::crypto::keyring::KeyRing>,
    wanted: &Wanted,
) -> anyhow::Result<postern_engine::provision::Provisioned> {
    database::demand_current(db).await?;
    let random = Random::system();
    let system = first::System { db, keys, random: &random, urls: config.urls.clone() };
    if system.find().await?.is_some() {
        bail!("this database was bootstrapped before; nothing was changed");
    }
    let kind = match wanted.kind {
        Kind::Production => "PRODUCTION",
        Kind::Sandbox => "SANDBOX",
    };
    let environment = json!({ "name": wanted.environment, "type": kind, "region": wanted.region });
    system
        .make(first::Wanted { organization: wanted.organization.clone(), environment, development: false })
        .await
}
