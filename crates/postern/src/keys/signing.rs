//! `postern keys rotate-signing`: a new signing key for one environment, ahead of its time.
//!
//! By age the server does it itself; see [`postern_engine::keys::ROTATION_PERIOD`].

use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use postern_core::crypto::keyring::KeyRing;
use postern_core::ids::{EnvironmentId, KeyId};
use postern_core::jose::signing::SigningAlgorithm;
use postern_core::random::Random;
use postern_core::time::Timestamp;
use postern_engine::Ctx;
use postern_engine::context::Urls;
use postern_engine::environments::Environments;
use postern_engine::keys::{self, OVERLAP, SigningKeys};
use postern_store::sql::Db;

use crate::installation::Installation;
use crate::{clock, database, terminal};

pub(super) const HELP: &str = "Servers replace the key of each environment by themselves after 90 days. Use this when a key may be known to others, \
or to change the algorithm. The new key is published at once and signs five minutes later; nothing is restarted.

A server that keeps its data in SQLite holds the file: stop it first. With PostgreSQL it goes on.

Examples:
  postern keys rotate-signing --config /etc/postern/postern.toml --environment 4cae3424-b5db-49de-8805-724adc418772
  postern keys rotate-signing --data postern-data --environment 4cae3424-b5db-49de-8805-724adc418772 --algorithm ES256";

/// Which key, and where.
#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// The environment whose tokens the key signs
    #[arg(long, value_name = "ID")]
    environment: EnvironmentId,
    /// Algorithm of the new key; that of the present key when not said
    #[arg(long, value_enum)]
    algorithm: Option<Algorithm>,
    #[command(flatten)]
    installation: Installation,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Algorithm {
    #[value(name = "RS256", alias = "rs256")]
    Rs256,
    #[value(name = "ES256", alias = "es256")]
    Es256,
}

impl From<Algorithm> for SigningAlgorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::RS256,
            Algorithm::Es256 => Self::ES256,
        }
    }
}

/// Makes the key and says which it is.
pub(super) async fn run(wanted: &Wanted) -> anyhow::Result<()> {
    let (db, ring) = wanted.installation.open().await?;
    let made = rotate(&db, ring, wanted).await;
    db.close().await;
    let (id, algorithm, signs_from) = made?;
    terminal::say(format_args!(
        "{} key {id} is published. It signs from {signs_from}; the key before stays published.",
        algorithm.name()
    ));
    Ok(())
}

async fn rotate(
    db: &Db,
    ring: KeyRing,
    wanted: &Wanted,
) -> anyhow::Result<(KeyId, SigningAlgorithm, Timestamp)> {
    database::demand_current(db).await?;
    let (now, random) = (clock::now(), Random::system());
    let ctx = Ctx::system(wanted.environment, now, &random, &Arc::new(ring), Urls::default());
    if Environments::default().find(db, wanted.environment, now).await?.is_none() {
        bail!("there is no environment {}", wanted.environment);
    }
    // A key that was sealed with other master keys than the servers' would sign nothing.
    let present = SigningKeys::default().signer(db, &ctx, None).await;
    let present = present.context("the present signing key cannot be opened with these master keys")?;
    let algorithm = wanted.algorithm.map_or_else(|| present.algorithm(), SigningAlgorithm::from);
    let maker = ctx.clone();
    let key = tokio::task::spawn_blocking(move || keys::prepare(&maker, algorithm)).await??;
    let work = (ctx, key);
    let id = db.write(work, |tx, (ctx, key)| Box::pin(keys::rotate(tx, ctx, key))).await?;
    Ok((id, algorithm, now.plus(OVERLAP)))
}
