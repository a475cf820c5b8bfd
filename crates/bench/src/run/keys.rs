//! Lets the first environment sign with another algorithm, at once.
//!
//! A rotation by the server would publish the new key for minutes before it signs.

use std::sync::Arc;

use anyhow::Context as _;
use postern_core::crypto::keyring::KeyRing;
use postern_core::ids::OrganizationId;
use postern_core::jose::signing::SigningAlgorithm;
use postern_core::random::Random;
use postern_core::secret::Secret;
use postern_engine::context::{Origin, Urls};
use postern_engine::{Caller, Ctx, keys};
use postern_store::{Db, DbConfig};

use super::Stage;
use crate::clock;
use crate::limits::apart;

/// Stops the server, adds a key, and starts it again.
///
/// # Errors
/// When the database or the file of the master keys cannot be used.
pub(super) async fn switch(stage: &mut Stage, algorithm: SigningAlgorithm) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(stage.site.master_key()).context("cannot read the master keys")?;
    let random = Random::system();
    let ctx = Ctx {
        environment: stage.worker.environment.parse().context("the environment's id")?,
        organization: OrganizationId::NIL,
        caller: Arc::new(Caller::System),
        now: clock::wall(),
        correlation: random.uuid(),
        random,
        keys: Arc::new(KeyRing::from_text(&Secret::new(text))?),
        urls: Arc::new(Urls::default()),
        origin: Arc::new(Origin::default()),
        posted: Arc::default(),
        access_changed: Arc::default(),
        authenticators: Arc::default(),
        region: None,
    };
    stage.offline(|database| apart(move || add(database, ctx, algorithm))).await
}

async fn add(database: DbConfig, ctx: Ctx, algorithm: SigningAlgorithm) -> anyhow::Result<()> {
    let key = keys::prepare(&ctx, algorithm)?;
    let db = Db::open(&database).await?;
    db.write((ctx, key), |tx, (ctx, key)| Box::pin(keys::add(tx, ctx, key))).await?;
    db.close().await;
    Ok(())
}
